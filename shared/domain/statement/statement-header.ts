import { canonicalName, nameList, separatorlessName } from '../canonical-name.ts';
import { columnsOfKnownExport, type GivenColumns } from './known-exports.ts';

type StatementColumn = 'day' | 'model' | 'credits';
/** Column indexes; −1 for a day or model that is not in the statement. */
export interface StatementColumns extends Readonly<Record<StatementColumn, number>> {
  /** Amounts are in US dollars. */
  readonly isUsd?: true;
}

const NONE = 'none';
const USD = nameList(`
  usd, cost usd, usd cost, amount usd, usage usd, total usd, spend usd, cost in usd, amount in usd`);
const IN_USD = /^(?:in )?(?:us ?\$|\$|usd|us dollars?)$/i;

/** Column names of providers, surest first. No mere `cost` or `amount`: it may be in dollars, a factor of a thousand. */
const GUESSES: Readonly<Record<StatementColumn, readonly string[]>> = {
  day: nameList(`
    day, date, usage date, usage day, usage start date, usage start time, billing date, transaction date,
    event date, created at, created date, created, timestamp, date time, time, start time iso, start time,
    start date, event time, period start, period, month, usage month, billing month, invoice month,
    billing period, 월, 날짜, 일자, 일시, 사용일, 사용 일자`),
  model: nameList(`
    model, model name, model id, model slug, model permaslug, ai model, sku description, sku name, sku,
    line item, 모델, 모델명`),
  credits: nameList(`
    credits, credit, credits used, used credits, credits charged, charged credits, credits consumed,
    consumed credits, credits spent, spent credits, credits billed, billed credits, credits deducted,
    cost credits, cost in credits, credits cost, credit cost, credits amount, credit amount,
    amount in credits, amount credits, credits total, total credits, credit usage, credits usage,
    usage credits, usage in credits, 크레딧, 사용 크레딧, 크레딧 사용량, 차감 크레딧`),
};

/** In brackets behind a name, these mean money. */
const MONEY = /[$€£¥₩]|\b(?:usd|eur|gbp|jpy|krw|cny|dollars?|cents?|원|달러)\b/i;
/** `Cost (credits)`: no money. */
const IN_CREDITS = /^(?:in )?(?:ai )?(?:credits?|cr)$/i;
const AMOUNTS = ['cost', 'amount', 'total', 'charge', 'charged', 'spend', 'spent', 'usage', 'used', 'price'];

/** By the names given, else by guesses; or a `problem`. */
export function findColumns(
  header: readonly string[],
  named: GivenColumns,
):
  | { readonly kind: 'columns'; readonly columns: StatementColumns }
  | { readonly kind: 'problem'; readonly message: string } {
  const given = { ...columnsOfKnownExport(header), ...named };
  const found = { day: -1, model: -1, credits: -1 };
  const isUsd = isInDollars(header, given);
  for (const column of ['day', 'model', 'credits'] as const) {
    const asked = column === 'credits' && isUsd ? 'usd' : column;
    const name = given[asked];
    if (name === NONE && column !== 'credits') continue;
    const [index, ...others] = indexesOfColumn(header, asked, name);
    if (index === undefined) return noColumn(header, column, name);
    if (others.length > 0) {
      const called = canonicalName(header[index] ?? '').replaceAll('_', ' ');
      return { kind: 'problem', message: `more than one column is called "${called}": rename one of them` };
    }
    found[column] = index;
  }
  return { kind: 'columns', columns: isUsd ? { ...found, isUsd } : found };
}

const INSTEAD: Readonly<Record<StatementColumn, string>> = {
  day: 'name it with --day-column; for a total, --day-column none with --from and --to',
  model: 'name it with --model-column; to compare all models together, --model-column none',
  credits: 'name it with --credits-column, or --usd-column for dollars',
};

function noColumn(header: readonly string[], column: StatementColumn, name: string | undefined) {
  const what = name === undefined ? `no column for the ${column}` : `no column "${name}"`;
  const message = `${what}; it has ${header.join(', ').slice(0, 300)}: ${INSTEAD[column]}`;
  return { kind: 'problem', message } as const;
}

function indexesOfColumn(
  header: readonly string[],
  column: StatementColumn | 'usd',
  name: string | undefined,
): readonly number[] {
  if (name !== undefined) return namedSo(header, name);
  return column === 'usd' ? guessUsd(header) : guess(header, column);
}

/** Credits take precedence over dollars; a mere `cost` is neither. */
function isInDollars(header: readonly string[], { credits, usd }: GivenColumns): boolean {
  if (usd !== undefined) return true;
  return credits === undefined && guess(header, 'credits').length === 0 && guessUsd(header).length > 0;
}

function guessUsd(header: readonly string[]): readonly number[] {
  const named = indexesOf(header, (title) =>
    USD.some((name) => separatorlessName(title) === separatorlessName(name)),
  );
  return named.length > 0 ? named : indexesOf(header, (title) => isAmountIn(title, IN_USD));
}

/** The whole name takes precedence, since two names may differ only in brackets. */
function namedSo(header: readonly string[], name: string): readonly number[] {
  const whole = indexesOf(header, (each) => separatorlessName(each) === separatorlessName(name));
  return whole.length > 0
    ? whole
    : indexesOf(header, (each) => separatorlessName(bareName(each)) === separatorlessName(name));
}

/** The columns of the surest matching name. */
function guess(header: readonly string[], column: StatementColumn): readonly number[] {
  const candidates = GUESSES[column].map((name) => indexesOf(header, (each) => isCalled(each, name, column)));
  const found = candidates.find((indexes) => indexes.length > 0);
  if (found !== undefined || column !== 'credits') return found ?? [];
  return indexesOf(header, (title) => isAmountIn(title, IN_CREDITS));
}

function isCalled(title: string, name: string, column: StatementColumn): boolean {
  if (column === 'credits' && MONEY.test(title)) return false;
  return [title, bareName(title)].some((each) => separatorlessName(each) === separatorlessName(name));
}

function isAmountIn(title: string, units: RegExp): boolean {
  const unit = /[([]([^)\]]*)[)\]]\s*$/.exec(title)?.[1]?.trim() ?? '';
  return (
    units.test(unit) && AMOUNTS.some((name) => separatorlessName(bareName(title)) === separatorlessName(name))
  );
}

/** Without brackets: `Date (UTC)`, `Credits [used]`. */
function bareName(title: string): string {
  return title.replaceAll(/\([^)]*\)|\[[^\]]*\]/g, ' ');
}

function indexesOf(header: readonly string[], matches: (title: string) => boolean): readonly number[] {
  return header.flatMap((title, index) => (matches(title) ? [index] : []));
}
