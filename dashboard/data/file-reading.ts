import type * as z from 'zod/mini';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import {
  isPlaceholder,
  placeholderNames,
  rowPlaceholders,
} from '../../shared/domain/prompt-file/column-meaning.ts';
import type { FileFormat } from '../../shared/domain/prompt-file/format.ts';
import type { ReadColumn } from '../../shared/domain/prompt-file/read-columns.ts';
import { type OpenPrompts, openPrompts } from '../../shared/domain/prompt-file/reader/open-prompts.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { createRecordReader, type RecordReader } from '../../shared/pipeline/ingest/read-row.ts';
import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import type { column, sample } from '../api/work.ts';
import { Problem } from '../problem.ts';
import { shownSettings } from './item-detail.ts';

/** How a file was read: its format in words, what its columns are taken for, and a few of its prompts as they would be sent. */
interface FileReading {
  readonly format: string;
  readonly columns: z.infer<typeof column>[];
  readonly samples: z.infer<typeof sample>[];
}

/** So many rows are looked at for columns that are used, and for samples. */
const LOOKED_AT = 2_000;
const SAMPLES = 3;

/** Reads the beginning of a file as ingest would. Throws `Problem` if it is no prompt file. */
export async function readingOf(
  effects: Pick<Effects, 'models'>,
  file: PromptFile,
  options: BatchOptions,
): Promise<FileReading> {
  const opened = await openPrompts(file, options);
  if (opened.kind === 'problem')
    throw new Problem(422, 'unreadable', opened.message.replaceAll('pressrun-', ''));
  const columns = new Map(opened.columns?.map((each) => [each.name, each]));
  const { template = '', tags, name = '', expansion } = options;
  const used = new Set([
    ...[template, ...Object.values(tags), name].flatMap(placeholderNames),
    ...(expansion?.axes ?? []).map((axis) => axis.name),
  ]);
  const samples: z.infer<typeof sample>[] = [];
  const read = createRecordReader(effects, options);
  let rows = 0;
  for await (const record of opened.records()) {
    rows += 1;
    if (rows > LOOKED_AT) break;
    if (record.kind !== 'row') continue;
    for (const each of record.columns ?? []) columns.set(each.name, each);
    for (const each of rowPlaceholders(record.fields)) used.add(each);
    if (samples.length < SAMPLES) samples.push(...samplesOf(read(record)));
  }
  return {
    format: formatText(opened),
    columns: [...columns.values()].filter((each) => each.column !== '').map((each) => columnOf(each, used)),
    samples,
  };
}

function columnOf(
  { name, column: read, kind, used }: ReadColumn,
  placeholders: ReadonlySet<string>,
): z.infer<typeof column> {
  switch (kind) {
    case 'ours':
      return { name, meaning: read, used: true };
    case 'own':
      return { name, meaning: null, used: used === true || isPlaceholder(read, placeholders) };
    case 'unsupported':
    case 'unsent':
      return { name, meaning: null, used: false };
  }
}

function samplesOf(row: ReturnType<RecordReader>): z.infer<typeof sample>[] {
  if (!('items' in row)) return [];
  for (const { spec } of row.items) {
    const { fileName: name, prompt, variant } = spec;
    return [{ row: spec.row, variant, name, prompt, settings: shownSettings(spec) }];
  }
  return [];
}

const ENCODINGS = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16' } as const;

function formatText({ format, sheet }: OpenPrompts): string {
  if (sheet !== undefined) {
    const others = sheet.others.length === 0 ? '' : ` · not read: ${sheet.others.join(', ')}`;
    return `sheet ${sheet.name}${others}`;
  }
  return `${kindText(format)} · ${ENCODINGS[format.encoding]}`;
}

function kindText(format: FileFormat): string {
  switch (format.kind) {
    case 'jsonl':
      return 'JSON Lines';
    case 'json':
      return 'JSON';
    case 'txt':
      return 'one prompt a line';
    case 'csv':
      return DELIMITERS[format.delimiter];
  }
}

const DELIMITERS = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' } as const;
