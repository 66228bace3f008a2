import { basename } from 'node:path';
import { inspectPrompts, openPromptFile } from '../cli/files/prompt-file.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { BatchOptions } from '../shared/domain/batch/batch.ts';
import type { PromptFile } from '../shared/pipeline/ingest/submit.ts';

/** A row: its `prompt` and any other column, such as `id`, `aspect_ratio` or `references`. */
export type PromptRow = Readonly<Record<string, unknown>>;

/** A file on this machine, or your own rows. */
export type Prompts =
  | string
  | {
      /** A file name, which begins the batch id. Default `prompts`. */
      readonly name?: string;
      readonly rows: Iterable<PromptRow>;
      /** The folder of file references. Default: the working folder. */
      readonly folder?: string;
    };

interface OpenOptions {
  /** Refuses columns that are neither read nor used in a template. */
  readonly strict?: boolean;
}

/** Opens prompts as the command line does, and throws `UsageError` before any upload. */
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
