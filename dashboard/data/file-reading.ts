import type * as z from 'zod/mini';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { isKnownColumn } from '../../shared/domain/prompt-file/columns.ts';
import type { FileFormat, RowFields } from '../../shared/domain/prompt-file/format.ts';
import { detectFormat, readHead } from '../../shared/domain/prompt-file/reader/detect-format.ts';
import { readRecords } from '../../shared/domain/prompt-file/reader/read-records.ts';
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
  from = 0,
): Promise<FileReading> {
  const detected = detectFormat(await readHead(file.open()), file.name, options);
  if (detected.kind === 'problem') throw new Problem(422, 'unreadable', detected.message);
  const { format, start } = detected;
  const names = new Set(namedColumns(format));
  const templates = [options.template ?? '', ...Object.values(options.tags), options.name ?? ''];
  const samples: z.infer<typeof sample>[] = [];
  const read = createRecordReader(effects, options);
  let rows = 0;
  for await (const record of readRecords(file.open(start.byte), format, start)) {
    rows += 1;
    if (rows > LOOKED_AT) break;
    if (record.kind !== 'row') continue;
    for (const name of Object.keys(record.fields)) names.add(name);
    if (rows <= SAMPLES * 100) templates.push(...templatesOf(record.fields));
    if (samples.length < from + SAMPLES) samples.push(...samplesOf(read(record)));
  }
  const axes = (options.expansion?.axes ?? []).map(({ name }) => name);
  const used = new Set([...placesIn(templates.join('\n')), ...axes]);
  return {
    format: formatText(format),
    columns: [...names].map((name) => columnOf(name, used)),
    samples: samples.slice(from % Math.max(1, samples.length)).slice(0, SAMPLES),
  };
}

function namedColumns(format: FileFormat): string[] {
  return format.kind === 'csv' ? format.columns.filter((name) => name !== '') : [];
}

function columnOf(name: string, used: ReadonlySet<string>): z.infer<typeof column> {
  const isKnown = isKnownColumn(name);
  return { name, meaning: isKnown ? name : null, used: isKnown || used.has(name) };
}

function templatesOf({ prompt = '', name = '', tags = '' }: RowFields): string[] {
  return [prompt, name, tags];
}

function samplesOf(row: ReturnType<RecordReader>): z.infer<typeof sample>[] {
  if (!('items' in row)) return [];
  for (const { spec } of row.items) {
    const { fileName: name, prompt, variant } = spec;
    return [{ row: spec.row, variant, name, prompt, settings: shownSettings(spec) }];
  }
  return [];
}

/** Names of columns that `{{…}}` asks for, filters and defaults left out. */
function placesIn(text: string): Set<string> {
  const places = text.matchAll(/\{\{\s*([^{}|]+?)\s*(?:\|[^{}]*)?\}\}/g);
  return new Set([...places].map(([, name = '']) => name.toLowerCase().replaceAll(/[\s-]+/g, '_')));
}

const ENCODINGS = { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16', 'utf-16be': 'UTF-16' } as const;

function formatText(format: FileFormat): string {
  const encoding = (ENCODINGS as Readonly<Record<string, string>>)[format.encoding] ?? format.encoding;
  switch (format.kind) {
    case 'jsonl':
      return `JSON Lines · ${encoding}`;
    case 'json':
      return `JSON · ${encoding}`;
    case 'txt':
      return `one prompt a line · ${encoding}`;
    case 'csv':
      return `${format.delimiter === '\t' ? 'tabs' : format.delimiter} · ${encoding}`;
  }
}
