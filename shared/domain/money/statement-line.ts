import { dayOfMs, parseDay } from '../time/calendar.ts';
import { parseSignedCredits } from './money.ts';

/** One line of a provider's statement that could be read. */
export interface StatementLine {
  readonly day: string;
  readonly model: string;
  /** Below zero where the provider gave something back. */
  readonly creditsMicro: number;
}

export type StatementColumn = 'day' | 'model' | 'credits';
export type StatementColumns = Readonly<Record<StatementColumn, number>>;

/**
 * Names under which providers list these, the surest first. A mere `cost` or `amount` is not among them: it may be in
 * dollars, and would be read wrong by a factor of a thousand.
 */
const GUESSES: Readonly<Record<StatementColumn, readonly string[]>> = {
  day: ['day', 'date', 'usage date', 'created at', 'created', 'timestamp', 'time', 'period'],
  model: ['model', 'model name', 'model id', 'sku'],
  credits: [
    'credits',
    'credit',
    'credits used',
    'used credits',
    'credits charged',
    'cost credits',
    'credit cost',
  ],
};

/** Finds the columns of a statement by the names given, or else by guesses; what is wrong is a `problem`. */
export function findColumns(
  header: readonly string[],
  given: Readonly<Partial<Record<StatementColumn, string>>>,
):
  | { readonly kind: 'columns'; readonly columns: StatementColumns }
  | { readonly kind: 'problem'; readonly message: string } {
  const found = { day: -1, model: -1, credits: -1 };
  const names = header.map(plain);
  for (const column of ['day', 'model', 'credits'] as const) {
    const wanted = given[column] === undefined ? GUESSES[column] : [plain(given[column])];
    const name = wanted.find((each) => names.includes(each));
    if (name === undefined) {
      const what =
        given[column] === undefined ? `no column for the ${column}` : `no column "${given[column]}"`;
      return {
        kind: 'problem',
        message: `${what}; it has ${header.join(', ').slice(0, 300)}: name it with --${column}-column`,
      };
    }
    if (names.indexOf(name) !== names.lastIndexOf(name)) {
      return { kind: 'problem', message: `more than one column is called "${name}": rename one of them` };
    }
    found[column] = names.indexOf(name);
  }
  return { kind: 'columns', columns: found };
}

/** Reads one line; where it says no day, model or exact credits, what is wrong with it. */
export function readStatementLine(
  cells: readonly string[],
  columns: StatementColumns,
): StatementLine | string {
  const [dayText, model, creditsText] = [columns.day, columns.model, columns.credits].map((index) =>
    (cells[index] ?? '').trim(),
  ) as [string, string, string];
  const day = dayOfText(dayText);
  if (day === undefined) return `"${shown(dayText)}" is no day such as 2026-11-21`;
  if (model === '') return 'it names no model';
  const creditsMicro = parseSignedCredits(creditsText);
  if (creditsMicro === undefined) {
    return `"${shown(creditsText)}" is no number of credits such as 68.3585, of at most six decimals`;
  }
  return { day, model, creditsMicro };
}

/** A day, or the day of a time: in UTC where the time says its zone, else as it is written. */
function dayOfText(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\s?(Z|UTC|[+-]\d\d:?\d\d)?)?$/.exec(
    text,
  );
  const day = parseDay(match?.[1] ?? '');
  if (day === undefined) return undefined;
  const zone = match?.[2];
  if (zone === undefined || zone === 'UTC') return day;
  const ms = Date.parse(text.replace(' ', 'T').replace(/\s/, ''));
  return Number.isNaN(ms) ? undefined : dayOfMs(ms);
}

function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Cells are the world's: no control characters in messages, and not the whole of a long one. */
function shown(text: string): string {
  return text.slice(0, 60).replaceAll(/\p{Cc}/gu, ' ');
}
