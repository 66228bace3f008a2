/** What the text of a sheet has that no CSV has: known without the code that reads workbooks, which is loaded with the first of them. */

/** Stands for line breaks in cells, so that a row of the sheet is a line of the text. */
export const LINE_BREAK = '\u2028';

/** Begins a cell whose formula has no value: an error follows, or nothing if it was never computed. */
export const NO_VALUE = '\u{10fffd}';

/** A workbook that cannot be read, or not any further: one line for people. */
export class WorkbookError extends Error {
  override name = 'WorkbookError';
}
