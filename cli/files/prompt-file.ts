import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import type { FileFormat } from '../../shared/domain/prompt-file/format.ts';
import { detectFormat, readHead } from '../../shared/domain/prompt-file/reader/detect-format.ts';
import { readRecords } from '../../shared/domain/prompt-file/reader/read-records.ts';
import { tooManyItems } from '../../shared/domain/prompt-file/row/count-items.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { asFlags } from '../flags/batch-flags.ts';
import { UsageError } from '../usage-error.ts';
import { columnReport } from './column-report.ts';
import { localReferences } from './local-references.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.tsv': 'text/tab-separated-values',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
};

/**
 * Opens a file of prompts on this machine, and looks at its head before anything is uploaded: throws `UsageError` where
 * it cannot be a file of prompts.
 */
export async function openPromptFile(
  path: string,
  options: BatchOptions,
  { strict = false }: { readonly strict?: boolean } = {},
): Promise<PromptFile> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new UsageError(`${path}: there is no such file`);
  if (!info.isFile())
    throw new UsageError(`${path}: is not a file; name a CSV, TSV or JSONL file of prompts`);
  const detected = detectFormat(await readHead(createReadStream(path)), basename(path), options);
  if (detected.kind === 'problem') throw new UsageError(`${path}: ${detected.message}`);
  const { format, start } = detected;
  const records = () => readRecords(createReadStream(path, { start: start.byte }), format, start);
  const tooMany = await tooManyItems(records(), options);
  if (tooMany !== undefined) throw new UsageError(`${path}: ${asFlags(tooMany)}`);
  const notes = await columnReport({ detected, records, options, strict }).catch((error: unknown) => {
    if (error instanceof UsageError) throw new UsageError(`${path}: ${error.message}`);
    throw error;
  });
  const references = mayName(format) ? await localReferences(records(), dirname(path)) : [];
  return {
    name: basename(path),
    contentType: CONTENT_TYPES[extname(path).toLowerCase()] ?? 'text/csv',
    open: (start = 0) => createReadStream(path, { start }),
    references,
    ...(notes !== undefined && { notes: [notes] }),
  };
}

/** Whether rows of the file may have references. */
function mayName(format: FileFormat): boolean {
  switch (format.kind) {
    case 'csv':
      return format.columns.includes('references');
    case 'json':
    case 'jsonl':
      return true;
    case 'txt':
      return false;
  }
}
