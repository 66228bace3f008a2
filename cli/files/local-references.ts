import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { MAX_REFERENCE_BYTES } from '../../shared/domain/calls/models.ts';
import type { FileRecord } from '../../shared/domain/prompt-file/format.ts';
import { parseReferences } from '../../shared/domain/prompt-file/row/references.ts';
import { imageTypeOf } from '../../shared/pipeline/ingest/reference-store.ts';
import type { LocalReference } from '../../shared/pipeline/ingest/submit.ts';

/**
 * The references that are files on this machine: below the prompt file's folder or `allowed` folders only, because
 * somebody else may have written the file. Anything else is a bucket key or link, checked when the file is read.
 */
export async function localReferences(
  records: AsyncIterable<FileRecord>,
  folder: string,
  allowed: readonly string[] = [],
): Promise<LocalReference[]> {
  const roots = await Promise.all([folder, ...allowed].map((root) => realpath(root)));
  const found = new Map<string, LocalReference | undefined>();
  for await (const record of records) {
    if (record.kind !== 'row') continue;
    for (const written of writtenIn(record.fields.references)) {
      if (!found.has(written))
        found.set(written, await localReference(written, resolve(folder, written), roots));
    }
  }
  return [...found.values()].filter((reference) => reference !== undefined);
}

function writtenIn(cell: string | undefined): readonly string[] {
  const parsed = parseReferences(cell ?? '');
  return parsed.kind === 'rejected' ? [] : parsed.references.filter((each) => !each.startsWith('https:'));
}

const OUTSIDE =
  "it is outside of the prompt file's folder; move it there, or allow its folder with --allow-references-from";

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

async function localReference(
  written: string,
  path: string,
  roots: readonly string[],
): Promise<LocalReference | undefined> {
  // Resolves links first. Doesn't reveal whether a file exists elsewhere.
  const real = await realpath(path).catch(() => path);
  if (!roots.some((root) => isBelow(root, real))) return { written, kind: 'bad', problem: OUTSIDE };
  const info = await stat(path).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  if (info.size > MAX_REFERENCE_BYTES) {
    const problem = `it has ${info.size} bytes, at most ${MAX_REFERENCE_BYTES} are taken`;
    return { written, kind: 'bad', problem };
  }
  const bytes = await readFile(path);
  const type = imageTypeOf(bytes);
  if (typeof type === 'object') return { written, ...type };
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { written, kind: 'image', sha256, type, read: () => readFile(path) };
}
