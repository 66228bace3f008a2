import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { lstat, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod/mini';
import { lineFile } from '../../shared/runtime/files/line-file.ts';
import { makeFolder } from './make-folder.ts';

/** The files of a folder that pressrun wrote, recorded outside of it. */
interface WrittenFiles {
  /** Whether pressrun wrote the file, unchanged since. */
  isOwn(name: string, file: BigIntStats): boolean;
  add(name: string, file: BigIntStats): Promise<void>;
}

const line = z.tuple([z.string(), z.string()]);

/** Reads the records of all processes. `records` is a folder of the stage. */
export async function writtenFilesOf(folder: string, records: string): Promise<WrittenFiles> {
  await makeFolder(records, 0o700);
  const hash = createHash('sha256').update(await realpath(folder));
  const path = join(records, `${hash.digest('hex').slice(0, 24)}.jsonl`);
  const append = lineFile(path);
  const marks = new Map<string, string>();
  for (const text of (await readFile(path, 'utf8').catch(() => '')).split('\n')) {
    const [name, mark] = lineOf(text);
    if (name !== undefined && mark !== undefined) marks.set(name, mark);
  }

  return {
    isOwn: (name, file) => file.isFile() && marks.get(name) === markOf(file),
    add: async (name, file) => {
      const mark = markOf(file);
      if (marks.get(name) === mark) return;
      marks.set(name, mark);
      await append(JSON.stringify([name, mark]));
    },
  };
}

/** A line cut off by a crash belongs to a file that never got its name. */
function lineOf(text: string): readonly [string, string] | readonly [] {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Changes with every edit. Links keep the stored image's time. */
function markOf({ size, mtimeNs }: BigIntStats): string {
  return `${size} ${mtimeNs}`;
}

/** Doesn't follow links. */
export async function fileAt(path: string): Promise<BigIntStats | undefined> {
  return await lstat(path, { bigint: true }).catch(() => undefined);
}
