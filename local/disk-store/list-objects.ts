import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectHead } from '../../shared/pipeline/ports.ts';
import { ifMissing } from './files.ts';
import { isPlainName } from './object-path.ts';
import { describeFile, type StorePlace } from './object-record.ts';

/** Objects by prefix, in S3's order of key bytes. */
export async function* listObjects(
  { root, records }: StorePlace,
  prefix: string,
): AsyncGenerator<ObjectHead> {
  const folders = prefix.split('/').slice(0, -1);
  if (!folders.every(isPlainName)) return;
  for await (const key of walk(root, folders.join('/'), prefix)) {
    const path = join(root, key);
    const stats = await lstat(path, { bigint: true }).catch(ifMissing(undefined));
    if (!stats?.isFile()) continue;
    const { version } = await describeFile(records, key, path, stats);
    yield { key, bytes: Number(stats.size), version, modifiedAtMs: Number(stats.mtimeNs / 1_000_000n) };
  }
}

async function* walk(root: string, folder: string, prefix: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(ifMissing([]));
  for (const entry of inKeyOrder(entries)) {
    const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (!isPlainName(entry.name) || key.startsWith('.')) continue;
    if (entry.isDirectory()) {
      const below = `${key}/`;
      if (below.startsWith(prefix) || prefix.startsWith(below)) yield* walk(root, key, prefix);
    } else if (entry.isFile() && key.startsWith(prefix)) {
      yield key;
    }
  }
}

/** A folder sorts with a slash after its name, like the keys below it. */
function inKeyOrder(entries: readonly Dirent[]): readonly Dirent[] {
  return entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}
