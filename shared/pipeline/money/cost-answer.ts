import * as z from 'zod/mini';
import { type CostComparison, compareCosts, windowBefore } from '../../domain/money/cost-comparison.ts';
import { costCsv, decimalOf, focusCsv } from '../../domain/money/cost-csv.ts';
import { parseCostFilters } from '../../domain/money/cost-filter.ts';
import { ordered, parseCostOrder, topOf } from '../../domain/money/cost-order.ts';
import { type CostDimension, parseDimension } from '../../domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../../domain/money/cost-statement.ts';
import { FOCUS_BY } from '../../domain/money/focus.ts';
import { type DayWindow, isLongerThanTenYears } from '../../domain/time/calendar.ts';
import { timeZone, UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { type LedgerQuestion, queryCost, sourceOf } from './cost.ts';

const dimension = z.pipe(
  z.string().check(z.refine((text) => parseDimension(text) !== undefined, { message: 'no such dimension' })),
  z.transform((text) => text as CostDimension),
);

/** Lines of one answer; `skip` asks for those after them. */
const MOST_LINES = 100_000;
/** Charges that one answer reads one by one: more would outlast the function. */
export const MOST_CHARGES = 500_000;

const question = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    by: z._default(z.array(dimension).check(z.maxLength(10)), ['day', 'model']),
    tz: z._default(z.string(), UTC.name),
    where: z._default(z.string(), ''),
    sort: z._default(z.string(), ''),
    skip: z._default(z.int().check(z.minimum(0)), 0),
    top: z._default(z.int().check(z.minimum(1), z.maximum(MOST_LINES)), MOST_LINES),
    format: z._default(z.enum(['json', 'csv', 'focus']), 'json'),
    csvLocale: z._default(z.string(), 'en'),
    usdPerCredit: z.exactOptional(z.number().check(z.positive())),
    compare: z.exactOptional(
      z.union([z.literal('previous'), z.object({ from: z.iso.date(), to: z.iso.date() })]),
    ),
  })
  .check(z.refine(({ from, to }) => from <= to, { message: 'from is after to', path: ['from'] }))
  .check(
    z.refine((window) => !isLongerThanTenYears(window), {
      message: 'at most ten years at once',
      path: ['from'],
    }),
  )
  .check(z.refine(({ tz }) => timeZone(tz) !== undefined, { message: 'no such time zone', path: ['tz'] }))
  .check(
    z.refine(({ tz, format }) => format !== 'focus' || timeZone(tz)?.isUtc, {
      message: 'FOCUS has its days in UTC',
      path: ['tz'],
    }),
  );

type CostAnswerFormat = 'json' | 'csv' | 'focus';

interface StoredAnswer {
  readonly kind: 'object';
  readonly format: CostAnswerFormat;
  readonly key: string;
  readonly bytes: number;
}

/** An answer stands here, or, where it is large, in an object of the bucket. */
export type CostAnswer =
  | { readonly kind: 'comparison'; readonly comparison: CostComparison }
  | { readonly kind: 'report'; readonly format: 'json'; readonly report: CostStatement }
  | { readonly kind: 'report'; readonly format: 'csv' | 'focus'; readonly csv: string }
  | StoredAnswer
  | { readonly kind: 'problem'; readonly message: string };

/** Lambda's answers take 6 MB; twice escaped, a CSV of this size still fits. */
export const MOST_BYTES_HERE = 2_000_000;

type CostAnswerer = Pick<Effects, 'table' | 'store' | 'clock' | 'prices'>;

/** Answers a cost question from outside. `from` and `to` are inclusive days in `tz`, by default UTC. */
export async function answerCost(
  effects: CostAnswerer,
  asked: unknown,
  { mostBytesHere = MOST_BYTES_HERE, mostCharges = MOST_CHARGES } = {},
): Promise<CostAnswer> {
  const parsed = parseQuestion(asked);
  if (typeof parsed === 'string') return problemOf(parsed);
  const { asks, before, usdPerCredit, order, top, skip, format, decimal } = parsed;
  const tooMany = await chargesBeyond(effects, asks, before, mostCharges);
  if (tooMany !== undefined) {
    return problemOf(
      `it reads ${tooMany} charges one by one, and at most ${mostCharges} at once: ask for fewer days`,
    );
  }
  const whole = costStatement(await queryCost(effects, asks), usdPerCredit);
  if (before !== undefined) {
    const earlier = costStatement(await queryCost(effects, { ...asks, ...before }), usdPerCredit);
    const comparison = compareCosts(whole, earlier);
    const text = JSON.stringify(comparison);
    if (Buffer.byteLength(text) > mostBytesHere) return await storeAnswer(effects, whole, format, text);
    return { kind: 'comparison', comparison };
  }
  const statement = topOf(order === undefined ? whole : ordered(whole, order), top, skip);
  const text = textOf(statement, format, decimal);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytesHere) return await storeAnswer(effects, statement, format, text);
  return format === 'json'
    ? { kind: 'report', format, report: statement }
    : { kind: 'report', format, csv: text };
}

/** What is asked; a line that says what is wrong with it, if it is no question. */
function parseQuestion(asked: unknown) {
  const parsed = question.safeParse(asked);
  if (!parsed.success) {
    return parsed.error.issues
      .map(({ path, message }) => `${path.join('.') || 'question'}: ${message}`)
      .join('; ');
  }
  const { from, to, tz, sort, skip, top, format, compare, csvLocale, usdPerCredit } = parsed.data;
  const where = parsed.data.where === '' ? [] : parseCostFilters(parsed.data.where);
  if ('problem' in where) return `where: ${where.problem}`;
  const by = format === 'focus' ? [...new Set([...FOCUS_BY, ...parsed.data.by])] : parsed.data.by;
  const order = sort === '' ? undefined : parseCostOrder(sort, by);
  if (sort !== '' && order === undefined) return `sort: no column "${sort}"`;
  const decimal = decimalOf(csvLocale);
  if (decimal === undefined) return `csvLocale: no language "${csvLocale}"`;
  if (compare !== undefined && format !== 'json') return 'compare: its format is json';
  const before = compare === 'previous' ? windowBefore({ from, to }) : compare;
  const asks = { from, to, by, where, zone: timeZone(tz) ?? UTC };
  return { asks, before, order, skip, top, format, decimal, usdPerCredit };
}

/** How many charges would be read one by one, if that is more than `most`. */
async function chargesBeyond(
  effects: CostAnswerer,
  asks: LedgerQuestion,
  before: DayWindow | undefined,
  most: number,
): Promise<number | undefined> {
  if (sourceOf(asks) === 'roll-ups') return undefined;
  for (const { from, to } of [asks, ...(before === undefined ? [] : [before])]) {
    const { attempts } = (await queryCost(effects, { from, to, by: [], zone: UTC })).total;
    if (attempts > most) return attempts;
  }
  return undefined;
}

export function problemOf(what: string): CostAnswer {
  return { kind: 'problem', message: `not a cost question: ${what}` };
}

function textOf(statement: CostStatement, format: CostAnswerFormat, decimal: '.' | ','): string {
  switch (format) {
    case 'json':
      return JSON.stringify(statement);
    case 'csv':
      return [...costCsv(statement, decimal)].join('');
    case 'focus':
      return [...focusCsv(statement, 'pressrun')].join('');
  }
}

async function storeAnswer(
  effects: Pick<Effects, 'store' | 'clock'>,
  { from, to, by }: CostStatement,
  format: CostAnswerFormat,
  text: string,
): Promise<CostAnswer> {
  const dimensions = by.map((each) => each.replaceAll(/[^\w]+/g, '_').slice(0, 40)).join('-') || 'total';
  return await storeText(effects, `${from}-${to}-${dimensions}`, format, text);
}

/** Puts a large answer into the bucket, where it is kept for 30 days. */
export async function storeText(
  { store, clock }: Pick<Effects, 'store' | 'clock'>,
  name: string,
  format: CostAnswerFormat,
  text: string,
): Promise<StoredAnswer> {
  const asOf = new Date(clock.now()).toISOString().replaceAll(/[-:]/g, '');
  const key = `reports/asked/${name}-${asOf}.${format === 'focus' ? 'focus.csv' : format}`;
  const contentType = format === 'json' ? 'application/json' : 'text/csv; charset=utf-8';
  await store.put(key, Buffer.from(text), { contentType });
  return { kind: 'object', format, key, bytes: Buffer.byteLength(text) };
}
