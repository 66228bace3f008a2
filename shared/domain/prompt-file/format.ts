import type { Message } from '../item/message.ts';
import type { ReadColumn } from './read-columns.ts';

/** How the file's bytes stand for text. A byte order mark is passed over: `FilePosition.byte` begins after it. */
export const FILE_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be'] as const;
export type FileEncoding = (typeof FILE_ENCODINGS)[number];

export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

export interface CsvFormat {
  readonly kind: 'csv';
  readonly encoding: FileEncoding;
  /** Not looked at if there is one column only: nothing to be delimited, a comma is part of the prompt. */
  readonly delimiter: Delimiter;
  /** `\n` stands for `\r\n` too; `\r` alone is what very old Macs wrote. */
  readonly lineBreak: '\n' | '\r';
  /** Normalised header names in the order of the cells; an unnamed column is the empty text. */
  readonly columns: readonly string[];
  /** Empty cells that every row has after those of its columns. */
  readonly emptyCells?: number;
  /** The file is a manifest of ours: its prompts are filled in already, and each line is one image. */
  readonly manifest?: true;
  /** Those that are settings which no model here has: a row that says one is rejected. */
  readonly unsupported?: readonly string[];
}

export interface JsonLinesFormat {
  readonly kind: 'jsonl';
  readonly encoding: FileEncoding;
  /** Keys that are data of the file, whatever they are called. */
  readonly data?: readonly string[];
}

/** One array that holds the records. */
export interface JsonArrayFormat {
  readonly kind: 'json';
  readonly encoding: FileEncoding;
  /** As in `JsonLinesFormat`. */
  readonly data?: readonly string[];
}

/** A list of prompts, one a line. */
export interface PromptListFormat {
  readonly kind: 'txt';
  /** As in `CsvFormat`. */
  readonly lineBreak: '\n' | '\r';
  readonly encoding: FileEncoding;
}

/** What was found out about a file from its beginning; plain JSON, so that it can be kept in the checkpoint. */
export type FileFormat = CsvFormat | JsonLinesFormat | JsonArrayFormat | PromptListFormat;

/** A file's bytes, wherever they are; `open` may be called again and again, and reads from a byte on. */
export interface FileBytes {
  readonly size: number;
  open(from: number): AsyncIterable<Uint8Array>;
}

/** Where the next record begins: what a checkpoint keeps. */
export interface FilePosition {
  /** In bytes of the file as it is stored, whatever its encoding. */
  readonly byte: number;
  /** From 1, the header's included. */
  readonly line: number;
  /** Number of the last data record given out, rejected ones counted. */
  readonly row: number;
  /** Set where the rest cannot be read (a record without an end): nothing more comes from here. */
  readonly done?: true;
  /** So many bytes from here are lines that an open quote swallowed: each is a rejected record. */
  readonly lostBytes?: number;
}

/** Cells by normalised column name. */
export type RowFields = Readonly<Record<string, string>>;

/** An image that a record holds itself, and the name by which its references call it. */
export interface EmbeddedImage {
  readonly written: string;
  readonly bytes: Uint8Array;
}

/** Parameters of other tools in a prompt: what became of them. */
interface PromptFlags {
  /** `--ar as aspect_ratio` */
  readonly read: readonly string[];
  /** Taken out of the prompt: no model here has them. */
  readonly left: readonly string[];
  /** In a request of another API, whose text is sent as it stands. */
  readonly sent: readonly string[];
}

/** What a record asks for. */
export interface RowContent {
  readonly kind: 'row';
  readonly fields: RowFields;
  /** Values of a JSON object that no cell can hold: templates may name what is in them, as in `{{product.title}}`. */
  readonly nested?: Readonly<Record<string, unknown>>;
  /** The prompt is sent as it stands: `{{ }}` in it is not ours. */
  readonly literal?: true;
  /** A conversation that the prompt ends, where prompt and references do not say all of it. */
  readonly messages?: readonly Message[];
  readonly embedded?: readonly EmbeddedImage[];
  /** Of an object with keys of its own: what they are read as. */
  readonly columns?: readonly ReadColumn[];
  /** Of a prompt with parameters of other tools in it. */
  readonly flags?: PromptFlags;
}

export interface FileRow extends RowContent {
  /** From 1, the header and blank lines not counted. */
  readonly row: number;
  /** The line where the record begins. */
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

/** Why a record or a row cannot be taken, and in which column. */
export interface Rejection {
  readonly kind: 'rejected';
  readonly column?: string;
  readonly reason: string;
}

/** Why a file cannot be read at all: one line for people. */
export interface FileProblem {
  readonly kind: 'problem';
  readonly message: string;
}

export function fileProblem(message: string): FileProblem {
  return { kind: 'problem', message };
}

/** What a record came to before its place in the file is known. */
export type RecordContent = Rejection | RowContent;

/** A record as it is cut from the file. Its bytes and line breaks include those of blank lines before it. */
export interface Piece {
  /** In bytes of the file as it is stored. */
  readonly bytes: number;
  readonly lineBreaks: number;
  /** Line breaks between the piece's beginning and the place that its line number names. */
  readonly lineBreaksBefore: number;
  /** Undefined for a blank line. */
  readonly content: RecordContent | undefined;
  /** Nothing after it can be read. */
  readonly last?: true;
  /** As in `FilePosition`, of the position after it. */
  readonly lostBytes?: number;
}

/** A rejection as a value; `column` is left out where it is undefined. */
export function rejected(reason: string, column?: string): Rejection {
  return column === undefined ? { kind: 'rejected', reason } : { kind: 'rejected', column, reason };
}

/** Longest cell, and longest prompt after its template is filled in. */
export const MAX_CELL_BYTES = 32 * 1024;
/** Longest row: a DynamoDB item holds at most 400 KB, and the row shares it with the item's state. */
export const MAX_ROW_BYTES = 100 * 1024;
/** Most that is held of a record while its end is looked for. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;
