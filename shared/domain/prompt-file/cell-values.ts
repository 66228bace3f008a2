import { readWhole } from '../item/setting-values.ts';
import { quoted } from './columns.ts';
import { type Rejection, type RowFields, rejected } from './format.ts';

/** `true` or `false`, as people write them; undefined if it is not set or `false`. */
export function parseFlag(fields: RowFields, column: string): true | undefined | Rejection {
  const text = cellText(fields, column)?.toLowerCase();
  if (text === undefined || /^(false|no|0)$/.test(text)) return undefined;
  return /^(true|yes|1)$/.test(text) || rejected(`must be true or false, not ${quoted([text])}`, column);
}

/** A whole number from 1 to `most`; undefined if it is not set. */
export function parseWhole(fields: RowFields, column: string, most: number): number | undefined | Rejection {
  const text = cellText(fields, column);
  if (text === undefined) return undefined;
  return (
    readWhole(text, most) ??
    rejected(`must be a whole number from 1 to ${most}, not ${quoted([text])}`, column)
  );
}

/** The cell's text without surrounding space; undefined if it is empty or missing. */
export function cellText(fields: RowFields, column: string): string | undefined {
  const text = (Object.hasOwn(fields, column) ? fields[column] : undefined)?.trim();
  return text === '' ? undefined : text;
}

/** What spreadsheets show where a formula fails (Excel, Google Sheets, LibreOffice's `Err:502`). */
const ERROR =
  /^(?:#(?:REF|NAME|N\/A|VALUE|DIV\/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|UNKNOWN|GETTING_DATA|ERROR|BUSY|PYTHON)[!?]?|Err:\d{3})$/i;
/** The same in the languages of Excel: `#WERT!`, `#¡VALOR!`, `#NOM?`, `#ЗНАЧ!`, `#NV`. */
const LOCAL_ERROR = /^#[¡¿]?(?:[\p{Lu}/0 ]{2,14}[!?]|NV|N\/D|N\/B|I\/T|Н\/Д|SAKNAS!)$/u;
export function isSpreadsheetError(text: string): boolean {
  const plain = text.trim();
  return ERROR.test(plain) || LOCAL_ERROR.test(plain);
}

export function spreadsheetError(text: string, column?: string): Rejection {
  return rejected(
    `${quoted([text.trim()])} is an error of a spreadsheet: fix its formula, and save the file again`,
    column,
  );
}
