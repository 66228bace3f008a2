import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promptFileType } from '../../shared/domain/prompt-file/content-type.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { Problem } from '../problem.ts';

/** Prompt files that were dropped onto the page, kept in a temporary folder until the dashboard ends. */
export interface Uploads {
  add(
    name: string,
    body: Readable,
  ): Promise<{ readonly file: string; readonly name: string; readonly bytes: number }>;
  get(file: string): PromptFile;
  close(): Promise<void>;
}

const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 50;

export async function openUploads(): Promise<Uploads> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-dashboard-'));
  const names = new Map<string, { readonly name: string; readonly bytes: number }>();

  async function add(given: string, body: Readable) {
    const name = basename(given.replaceAll('\\', '/')).slice(0, 200) || 'prompts.csv';
    const file = randomUUID();
    let bytes = 0;
    await pipeline(
      body,
      async function* limited(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          bytes += chunk.byteLength;
          if (bytes > MOST_BYTES) {
            throw new Problem(413, 'too_large', 'The file is larger than 64 MB.', {
              doThis: 'Run it from the terminal.',
              command: `pressrun run ${name}`,
            });
          }
          yield chunk;
        }
      },
      createWriteStream(join(folder, file)),
    );
    names.set(file, { name, bytes });
    for (const oldest of names.keys()) {
      if (names.size <= MOST_FILES) break;
      names.delete(oldest);
      await rm(join(folder, oldest), { force: true });
    }
    return { file, name, bytes };
  }

  function get(file: string): PromptFile {
    const known = names.get(file);
    if (known === undefined) {
      throw new Problem(404, 'no_file', 'This file is no longer here.', { doThis: 'Drop it again.' });
    }
    const { name, bytes } = known;
    const path = join(folder, file);
    return {
      name,
      size: bytes,
      contentType: promptFileType(name),
      open: (start = 0) => createReadStream(path, { start }),
    };
  }

  return { add, get, close: () => rm(folder, { recursive: true, force: true }) };
}
