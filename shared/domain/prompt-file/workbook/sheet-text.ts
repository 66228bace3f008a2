/** Kept apart from the code that reads workbooks, which is loaded on demand. */

/** A line break in a cell, so that a row of the sheet is a line of the text. */
export const LINE_BREAK = '\u2028';

/** Begins a cell whose formula has no value; an error follows if there is one. */
export const NO_VALUE = '\u{10fffd}';

/** A workbook that can't be read (further), in one line. */
export class WorkbookError extends Error {
  override name = 'WorkbookError';
}
