import { createWriteStream, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UsageError } from '../usage-error.ts';

/** Saves stdin as a file until exit, because it is read more than once. */
export async function keepStdin(stdin: NodeJS.ReadStream = process.stdin): Promise<string> {
  if (stdin.isTTY)
    throw new UsageError('stdin: nothing is piped in. Name a file, or pipe one in: cat FILE | pressrun …');
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-stdin-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'stdin');
  await pipeline(stdin, createWriteStream(path, { mode: 0o600 }));
  return path;
}
