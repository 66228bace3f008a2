import { textWidth } from './text-width.ts';

/** A pipe or file takes any width. */
function terminalColumns(): number {
  return process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY;
}

const BETWEEN = 2;
/** With less for a column of text, each row becomes a block. */
const NARROWEST = 12;

/** A table as wide as the terminal: numbers right, wide characters counted. Cuts the widest text, else prints a block a row. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  columns: number = terminalColumns(),
): string {
  const cells = [header, ...rows.map((row) => row.map(String))];
  const natural = header.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ''))));
  const toTheRight = header.map((_, column) => rows.length > 0 && rows.every((row) => isNumber(row[column])));
  const widths = fitted(natural, toTheRight, columns);
  if (widths === undefined) return blocks(header, cells.slice(1));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        padded(cut(cell, widths[column] ?? 0), widths[column] ?? 0, toTheRight[column] === true),
      )
      .join(' '.repeat(BETWEEN))
      .trimEnd();
  return `${cells.map(line).join('\n')}\n`;
}

/** Widths that fit: always the widest text shrinks. Undefined if none do. */
function fitted(
  natural: readonly number[],
  toTheRight: readonly boolean[],
  columns: number,
): readonly number[] | undefined {
  const widths = [...natural];
  const total = () => widths.reduce((sum, width) => sum + width, 0) + BETWEEN * (widths.length - 1);
  while (total() > columns) {
    const texts = widths.map((width, column) => (toTheRight[column] ? 0 : width));
    const widest = Math.max(...texts);
    if (widest <= NARROWEST) return undefined;
    widths[texts.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** A row as lines of `name  value`, for narrow terminals. */
function blocks(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const width = Math.max(...header.map((name) => textWidth(name)));
  const block = (row: readonly string[]) =>
    row.map((cell, column) => `${padded(header[column] ?? '', width, false)}  ${cell}`).join('\n');
  return `${rows.map(block).join('\n\n')}\n`;
}

function padded(cell: string, width: number, toTheRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - textWidth(cell)));
  return toTheRight ? space + cell : cell + space;
}

/** In the middle, where ids and paths differ least. */
function cut(cell: string, width: number): string {
  if (textWidth(cell) <= width) return cell;
  const segments = [...new Intl.Segmenter().segment(cell)].map(({ segment }) => segment);
  while (segments.length > 1 && textWidth(segments.join('')) > width - 1) {
    segments.splice(Math.floor(segments.length / 2), 1);
  }
  const middle = Math.ceil(segments.length / 2);
  return `${segments.slice(0, middle).join('')}…${segments.slice(middle).join('')}`;
}

function isNumber(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || /^(-|-?[\d,]+(\.\d+)?)$/.test(cell ?? '');
}
