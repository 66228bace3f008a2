import { textOf } from '../cells.ts';
import { namesColumn } from '../column-meaning.ts';
import { type CsvFormat, type Rejection, rejected } from '../format.ts';

/** Why a record (cells in `latin1`) is no row of the file: too few or too many cells, or no data at all. */
export function recordProblem(
  cells: readonly string[],
  { columns, emptyCells = 0 }: Pick<CsvFormat, 'columns' | 'emptyCells'>,
): Rejection | undefined {
  if (isRule(cells)) return rejected('a rule of dashes, as tables of text have it, is no row: take it out');
  if (isHeaderAgain(cells, columns)) return rejected('the header stands here again: take it out');
  const extra = cells.slice(columns.length);
  const isExpected = extra.length <= emptyCells && extra.every((cell) => cell.trim() === '');
  // A header may end with a delimiter if rows do not.
  const isWhole = columns.slice(cells.length).every((column) => column === '');
  if (isWhole && isExpected) return undefined;
  return rejected(
    `row has ${count(cells.length, 'cell')}; the header has ${count(columns.length, 'column')}`,
  );
}

/** Empty cells that every row has beyond the header's columns: programs end lines with a delimiter. One such row is an error. */
export function emptyCellsOf(rows: readonly (readonly string[])[], columns: readonly string[]): number {
  const extras = rows
    .filter((cells) => cells.some((cell) => cell.trim() !== ''))
    .map((cells) => cells.slice(columns.length));
  if (extras.some((extra) => extra.some((cell) => cell.trim() !== ''))) return 0;
  return extras.length === 0 ? 0 : Math.min(...extras.map(({ length }) => length));
}

/** `|---|:--:|` of Markdown, `-----+-----` of psql, `=====` of reStructuredText. */
function isRule(cells: readonly string[]): boolean {
  const given = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  return given.length > 0 && given.every((cell) => /^:?(?:[-=_]{2,}\+?)+:?$/.test(cell));
}

/** Joined files each have a header, and maybe a byte order mark. */
function isHeaderAgain(cells: readonly string[], columns: readonly string[]): boolean {
  return (
    cells.length >= columns.length &&
    columns.every((column, index) => {
      const text = textOf(cells[index] ?? '') ?? '';
      return column === '' ? text.trim() === '' : text.length < 100 && namesColumn(text, column);
    })
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
