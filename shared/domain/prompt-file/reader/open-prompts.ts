import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { errorCode } from '../../error-code.ts';
import { quoted } from '../columns.ts';
import {
  type FileBytes,
  type FileFormat,
  type FilePosition,
  type FileProblem,
  type FileRecord,
  fileProblem,
  type Rejection,
  rejected,
} from '../format.ts';
import type { ReadColumn } from '../read-columns.ts';
import type { TemplateOptions } from '../template/axes.ts';
import { LINE_BREAK, NO_VALUE, WorkbookError } from '../workbook/sheet-text.ts';
import { detectFormat, readHead } from './detect-format.ts';
import { asBuffer } from './encoding.ts';
import { readRecords } from './read-records.ts';

/** A prompt file as text: unpacked, a sheet as CSV. Positions count in this text. */
interface FileText {
  readonly kind: 'text';
  readonly name: string;
  open(from: number): AsyncIterable<Uint8Array>;
  readonly isPlain?: true;
  readonly sheet?: { readonly name: string; readonly others: readonly string[] };
}

export interface NamedFile extends FileBytes {
  readonly name: string;
}

export interface OpenPrompts {
  readonly kind: 'prompts';
  readonly format: FileFormat;
  readonly start: FilePosition;
  /** What a header's columns are read as. */
  readonly columns?: readonly ReadColumn[];
  readonly sheet?: FileText['sheet'];
  /** The unpacked bytes; a sheet as CSV. */
  text(): AsyncIterable<Uint8Array>;
  /** The records from a position on, in the format detected when it was written, if given. */
  records(from?: FilePosition, format?: FileFormat): AsyncIterable<FileRecord>;
}

/** How a file is to be read; `sheet` is a workbook's. */
export type ReadingOptions = Pick<TemplateOptions, 'template' | 'expansion' | 'ignoreColumns'> & {
  readonly sheet?: string;
};

/** Opens a prompt file and detects its format. */
export async function openPrompts(
  file: NamedFile,
  options: ReadingOptions,
): Promise<OpenPrompts | FileProblem> {
  const begin = await readHead(file.open(0));
  const text = await openText(file, begin, options.sheet);
  if (text.kind === 'problem') return text;
  const head = text.isPlain ? begin : await headOf(text);
  if ('message' in head) return head;
  const detected = detectFormat(head, text.name, options);
  if (detected.kind === 'problem') return detected;
  const { format, start, columns } = detected;
  const { sheet } = text;
  return {
    kind: 'prompts',
    format,
    start,
    ...(columns !== undefined && { columns }),
    ...(sheet !== undefined && { sheet }),
    text: () => text.open(0),
    records: (from = start, as = format) => recordsIn(text, as, from),
  };
}

async function openText(file: NamedFile, head: Uint8Array, sheet?: string): Promise<FileText | FileProblem> {
  const begin = asBuffer(head.subarray(0, 4)).toString('latin1');
  if (begin === 'PK\x03\x04') {
    const { openWorkbook } = await import('../workbook/open-workbook.ts');
    const opened = await openWorkbook(file, sheet);
    if (opened.kind === 'problem') return opened;
    const { name, others, asCsv } = opened;
    return { kind: 'text', name: 'sheet.csv', sheet: { name, others }, open: (from) => after(asCsv(), from) };
  }
  if (sheet !== undefined) {
    return fileProblem(
      `pressrun-sheet names the sheet "${sheet}", but the file is no workbook (.xlsx): leave it out`,
    );
  }
  if (begin.startsWith('\x1f\x8b')) {
    const name = file.name.replace(/\.gz$/i, '');
    return { kind: 'text', name, open: (from) => after(unpacked(file.open(0)), from) };
  }
  return { kind: 'text', name: file.name, isPlain: true, open: (from) => file.open(from) };
}

async function headOf(text: FileText): Promise<Uint8Array | FileProblem> {
  try {
    return await readHead(text.open(0));
  } catch (error) {
    const reason = unreadable(error);
    if (reason === undefined) throw error;
    return fileProblem(reason);
  }
}

/** The records of a text; if it can't be read any further, the last one says why. */
async function* recordsIn(
  text: FileText,
  format: FileFormat,
  from: FilePosition,
): AsyncGenerator<FileRecord> {
  let next = from;
  try {
    for await (const record of readRecords(text.open(from.byte), format, from)) {
      next = record.next;
      yield text.sheet === undefined ? record : asInSheet(record);
    }
  } catch (error) {
    const reason = unreadable(error);
    if (reason === undefined) throw error;
    const row = next.row + 1;
    yield { ...rejected(reason), row, line: next.line, next: { ...next, row, done: true } };
  }
}

function asInSheet(record: FileRecord): FileRecord {
  if (record.kind === 'rejected') return record;
  const { row, line, next } = record;
  for (const [column, cell] of Object.entries(record.fields)) {
    if (cell.startsWith(NO_VALUE))
      return { ...noValue(cell.slice(NO_VALUE.length), column), row, line, next };
  }
  const fields = Object.entries(record.fields).map(([column, cell]) => [
    column,
    cell.replaceAll(LINE_BREAK, '\n'),
  ]);
  return { ...record, fields: Object.fromEntries(fields) };
}

function noValue(error: string, column: string): Rejection {
  return error === ''
    ? rejected(
        'the formula has no value yet: open the workbook in a spreadsheet program, and save it',
        column,
      )
    : rejected(`the cell shows the error ${quoted([error])}: fix its formula, or empty it`, column);
}

function unreadable(error: unknown): string | undefined {
  const end = 'nothing from here on could be read';
  if (error instanceof WorkbookError)
    return `the workbook cannot be read any further: ${error.message}; ${end}`;
  return errorCode(error).startsWith('Z_') ? `the packed file is damaged: ${end}` : undefined;
}

function unpacked(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(bytes, { objectMode: false }), createGunzip(), () => undefined);
}

async function* after(bytes: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<Uint8Array> {
  let left = from;
  for await (const chunk of bytes) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
