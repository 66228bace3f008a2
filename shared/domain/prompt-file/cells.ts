import { MAX_CELL_BYTES, MAX_ROW_BYTES, type Rejection, type RowFields, rejected } from './format.ts';

const ASCII = /^[\x20-\x7e]*$/;
// Control characters but tab and line breaks: damage in a text, and nothing that a prompt could mean.
const CONTROL = /(?![\t\n\r])\p{Cc}/u;
const KILOBYTE = 1024;
/** Of UTF-8, for one of UTF-16. */
const MOST_BYTES_A_CHARACTER = 3;

/** The cell's text; `bytes` has one character a byte (`latin1`). Rejected where it is too long or no clean UTF-8. */
export function decodeCell(bytes: string, column: string): string | Rejection {
  if (bytes.length > MAX_CELL_BYTES) return tooLong('cell', bytes.length, MAX_CELL_BYTES, column);
  if (ASCII.test(bytes)) return bytes;
  const text = textOf(bytes);
  if (text === undefined) return rejected('cell is not valid text: save the file as UTF-8', column);
  return cleanText(text, column);
}

/** What UTF-8 in `latin1` says; undefined if it is none. */
export function textOf(bytes: string): string | undefined {
  return ASCII.test(bytes) ? bytes : decodeUtf8(Buffer.from(bytes, 'latin1'));
}

/** The text as it is, or why it cannot be taken: control characters, or characters that were lost on the way. */
export function cleanText(text: string, column?: string): string | Rejection {
  const control = CONTROL.exec(text)?.[0].codePointAt(0);
  if (control !== undefined) {
    const code = `U+${control.toString(16).toUpperCase().padStart(4, '0')}`;
    return rejected(`control character ${code}: take it out`, column);
  }
  if (text.includes('\u{fffd}') || !text.isWellFormed()) {
    return rejected('characters were lost (U+FFFD) when the file was saved: save it again as UTF-8', column);
  }
  return text;
}

/** Why a row is too much for one, if it is: its longest cell, or all of it. */
export function rowTooLong(fields: RowFields): Rejection | undefined {
  let characters = 0;
  for (const column in fields) characters += fields[column]?.length ?? 0;
  if (characters * MOST_BYTES_A_CHARACTER <= MAX_CELL_BYTES) return undefined;
  const sizes = Object.entries(fields).map(([column, text]) => ({ column, bytes: Buffer.byteLength(text) }));
  const cell = sizes.find(({ bytes }) => bytes > MAX_CELL_BYTES);
  if (cell !== undefined) return tooLong('cell', cell.bytes, MAX_CELL_BYTES, cell.column);
  const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
  return bytes > MAX_ROW_BYTES ? tooLong('row', bytes, MAX_ROW_BYTES) : undefined;
}

export function tooLong(what: string, bytes: number, mostBytes: number, column?: string): Rejection {
  return rejected(`${what} is ${size(bytes)}, at most ${size(mostBytes)} are taken`, column);
}

/** Strict UTF-8; undefined if the bytes are not. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function size(bytes: number): string {
  const kilobytes = bytes / KILOBYTE;
  if (kilobytes >= KILOBYTE) return `${(kilobytes / KILOBYTE).toFixed(1)} MB`;
  return `${Number.isInteger(kilobytes) ? kilobytes : kilobytes.toFixed(1)} KB`;
}
