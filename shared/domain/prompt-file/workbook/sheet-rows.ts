import { NO_VALUE, WorkbookError } from './sheet-text.ts';
import { shownNumber } from './shown-number.ts';
import { richText, unescaped, type WorkbookParts } from './workbook-parts.ts';
import { type XmlEvent, xmlEvents } from './xml-events.ts';
import type { ZipParts } from './zip-parts.ts';

const MOST_SHEET_BYTES = 2 * 1024 * 1024 * 1024;
const MOST_ROWS = 1_048_576;
const MOST_COLUMNS = 16_384;
const MOST_VALUE = 1024 * 1024;

export interface SheetRow {
  /** From 1, as the spreadsheet counts. */
  readonly number: number;
  readonly cells: readonly string[];
}

interface OpenCell {
  readonly column: number;
  readonly type: string;
  readonly style: number;
  value: string;
  hasFormula: boolean;
}

/** The rows of a sheet that have cells, in order. */
export async function* sheetRows(
  zip: ZipParts,
  part: string,
  workbook: WorkbookParts,
): AsyncGenerator<SheetRow> {
  const rows = rowReader(workbook);
  for await (const event of xmlEvents(zip.open(part, MOST_SHEET_BYTES))) {
    const row = rows.see(event);
    if (row !== undefined) yield row;
  }
}

function rowReader(workbook: WorkbookParts) {
  let number = 0;
  let cells: string[] = [];
  let cell: OpenCell | undefined;
  let isValue = false;
  const inline = richText();

  function open({ name, attributes }: Extract<XmlEvent, { kind: 'open' }>): void {
    if (name === 'row') {
      number = nextRow(number, attributes.r);
      cells = [];
    } else if (name === 'c') {
      const column = columnOf(attributes.r) ?? cells.length;
      if (column >= MOST_COLUMNS) throw new WorkbookError('a row has too many cells');
      inline.begin();
      cell = {
        column,
        type: attributes.t ?? 'n',
        style: Number(attributes.s ?? 0),
        value: '',
        hasFormula: false,
      };
    } else if (name === 'f' && cell !== undefined) {
      cell.hasFormula = true;
    }
    isValue = name === 'v';
  }

  function close(name: string): SheetRow | undefined {
    isValue = false;
    if (name === 'c' && cell !== undefined) {
      while (cells.length < cell.column) cells.push('');
      cells[cell.column] = shownCell(cell, cell.type === 'inlineStr' ? inline.end() : '', workbook);
      cell = undefined;
    }
    return name === 'row' ? { number, cells } : undefined;
  }

  function see(event: XmlEvent): SheetRow | undefined {
    if (cell?.type === 'inlineStr') inline.see(event);
    switch (event.kind) {
      case 'open':
        open(event);
        return undefined;
      case 'text':
        if (isValue && cell !== undefined) cell.value += event.text;
        if ((cell?.value.length ?? 0) > MOST_VALUE) throw new WorkbookError('a cell in it is over 1 MB');
        return undefined;
      case 'close':
        return close(event.name);
    }
  }

  return { see };
}

function nextRow(before: number, written: string | undefined): number {
  const number = written === undefined ? before + 1 : Number(written);
  if (Number.isInteger(number) && number > before && number <= MOST_ROWS) return number;
  throw new WorkbookError('its rows are not in order');
}

/** From 0: `C7` is 2. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Za-z]{1,3}/.exec(reference ?? '')?.[0].toUpperCase();
  if (letters === undefined) return undefined;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function shownCell(
  { type, style, value, hasFormula }: OpenCell,
  inline: string,
  workbook: WorkbookParts,
): string {
  if (hasFormula && value === '' && type !== 'str') return NO_VALUE;
  switch (type) {
    case 's':
      return workbook.texts[Number(value)] ?? '';
    case 'inlineStr':
      return inline;
    case 'b':
      return value === '1' ? 'TRUE' : 'FALSE';
    case 'e':
      return NO_VALUE + value;
    case 'n':
      return shownNumber(value, workbook.patterns[style] ?? 'General', workbook.countsFrom1904);
    default:
      return unescaped(value);
  }
}
