import { basename } from 'node:path';
import { inspectPrompts, openPromptFile } from '../cli/files/prompt-file.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { BatchOptions } from '../shared/domain/batch/batch.ts';
import type { PromptFile } from '../shared/pipeline/ingest/submit.ts';

/** A row: its `prompt` and whatever else a file's columns may say, such as `id`, `aspect_ratio` or `references`. */
export type PromptRow = Readonly<Record<string, unknown>>;

/** Prompts to make: a file on this machine, or rows of your own under a name. */
export type Prompts =
  | string
  | {
      /** As a file would be called; the batch id begins with it. Default `prompts`. */
      readonly name?: string;
      readonly rows: Iterable<PromptRow>;
      /** Where references to files are looked for. Default: the working folder. */
      readonly folder?: string;
    };

interface OpenOptions {
  /** Refuses columns that are neither read nor used in a template. */
  readonly strict?: boolean;
}

/** Opens prompts as the command line does: what cannot be used is told before anything is uploaded (`UsageError`). */
export async function openSource(
  prompts: Prompts,
  options: BatchOptions,
  { strict = false }: OpenOptions,
): Promise<PromptFile> {
  if (typeof prompts === 'string') return await openPromptFile(prompts, options, { strict });
  const { name = 'prompts', rows, folder = '.' } = prompts;
  const lines = Array.from(rows, (row) => JSON.stringify(row));
  if (lines.length === 0) throw new UsageError(`${name}: there are no rows`);
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const file = {
    name: `${basename(name, '.jsonl')}.jsonl`,
    size: bytes.length,
    open: (from = 0) => oneChunk(bytes.subarray(from)),
  };
  return await inspectPrompts(file, { shown: name, strict, folder, allowed: [] }, options);
}

async function* oneChunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
