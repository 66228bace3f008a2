import type { Message } from '../item/message.ts';
import type { ReadColumn } from './read-columns.ts';

/** How bytes stand for text. A byte order mark is skipped: `FilePosition.byte` begins after it. */
export const FILE_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be'] as const;
export type FileEncoding = (typeof FILE_ENCODINGS)[number];

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvFormat {
  readonly kind: 'csv';
  readonly encoding: FileEncoding;
  /** Ignored if there is one column: nothing to delimit, so a comma is part of the prompt. */
  readonly delimiter: Delimiter;
  /** `\n` stands for `\r\n` too; `\r` alone is what very old Macs wrote. */
  readonly lineBreak: '\n' | '\r';
  /** Normalised header names in the order of the cells; an unnamed column is the empty text. */
  readonly columns: readonly string[];
  /** Empty cells that every row has beyond its columns. */
  readonly emptyCells?: number;
  /** A manifest of ours: prompts are filled in, and each line is one image. */
  readonly manifest?: true;
  /** Settings that no model here has: a row with one is rejected. */
  readonly unsupported?: readonly string[];
}

/** `jsonl`: an object a line; `json`: one array that holds the records. */
export interface JsonFormat {
  readonly kind: 'jsonl' | 'json';
  readonly encoding: FileEncoding;
  /** Keys that belong to the file, whatever they are called. */
  readonly data?: readonly string[];
}

/** A list of prompts, one a line. */
export interface PromptListFormat {
  readonly kind: 'txt';
  readonly lineBreak: '\n' | '\r';
  readonly encoding: FileEncoding;
}

/** What the beginning of a file shows; plain JSON, for the checkpoint. */
export type FileFormat = CsvFormat | JsonFormat | PromptListFormat;

/** A file's bytes; `open` may be called repeatedly, and reads from a byte on. */
export interface FileBytes {
  readonly size: number;
  open(from: number): AsyncIterable<Uint8Array>;
}

/** Where the next record begins: what a checkpoint keeps. */
export interface FilePosition {
  /** Of the file as stored, whatever its encoding. */
  readonly byte: number;
  /** From 1, the header's included. */
  readonly line: number;
  /** Of the last data record, rejected ones counted. */
  readonly row: number;
  /** The rest can't be read (a record without an end). */
  readonly done?: true;
  /** So many bytes from here are lines that an open quote swallowed: each is rejected. */
  readonly lostBytes?: number;
}

/** Cells by normalised column name. */
export type RowFields = Readonly<Record<string, string>>;

/** An image inside a record, and the name by which its references call it. */
export interface EmbeddedImage {
  readonly written: string;
  readonly bytes: Uint8Array;
}

/** What became of other tools' parameters in a prompt. */
interface PromptFlags {
  /** `--ar as aspect_ratio` */
  readonly read: readonly string[];
  /** Removed from the prompt: no model here has them. */
  readonly left: readonly string[];
  /** Part of a request of another API, whose text is sent as it is. */
  readonly sent: readonly string[];
}

export interface RowContent {
  readonly kind: 'row';
  readonly fields: RowFields;
  /** Values that no cell can hold, for templates such as `{{product.title}}`. */
  readonly nested?: Readonly<Record<string, unknown>>;
  /** The prompt is sent as it is: `{{ }}` in it is not ours. */
  readonly literal?: true;
  /** A conversation that says more than prompt and references. */
  readonly messages?: readonly Message[];
  readonly embedded?: readonly EmbeddedImage[];
  /** What an object's own keys are read as. */
  readonly columns?: readonly ReadColumn[];
  readonly flags?: PromptFlags;
}

export interface FileRow extends RowContent {
  /** From 1, the header and blank lines not counted. */
  readonly row: number;
  readonly line: number;
  readonly next: FilePosition;
}

interface RejectedRecord {
  readonly kind: 'rejected';
  readonly row: number;
  readonly line: number;
  readonly column?: string;
  /** One line: what is wrong and what would be right. */
  readonly reason: string;
  readonly next: FilePosition;
}

export type FileRecord = FileRow | RejectedRecord;

/** Why a record or row is rejected, and in which column. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly column?: string;
  readonly reason: string;
}

/** Why a file can't be read at all, in one line. */
export interface FileProblem {
  readonly kind: 'problem';
  readonly message: string;
}

export function fileProblem(message: string): FileProblem {
  return { kind: 'problem', message };
}

/** What a record came to before its place in the file is known. */
export type RecordContent = Rejection | RowContent;

/** A record as cut from the file, with the blank lines before it. */
export interface Piece {
  readonly bytes: number;
  readonly lineBreaks: number;
  /** Line breaks between the piece's beginning and the place that its line number names. */
  readonly lineBreaksBefore: number;
  /** Undefined for a blank line. */
  readonly content: RecordContent | undefined;
  readonly last?: true;
  readonly lostBytes?: number;
}

export function rejected(reason: string, column?: string): Rejection {
  return column === undefined ? { kind: 'rejected', reason } : { kind: 'rejected', column, reason };
}

/** Longest cell, and longest prompt after its template is filled in. */
export const MAX_CELL_BYTES = 32 * 1024;
/** Longest row: a DynamoDB item holds at most 400 KB, and the row shares it with the item's state. */
export const MAX_ROW_BYTES = 100 * 1024;
/** Most that is kept of a record while looking for its end. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;
