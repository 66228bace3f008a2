import * as z from 'zod/mini';
import { costCsv, focusCsv } from '../../domain/money/cost-csv.ts';
import { type CostDimension, parseDimension } from '../../domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../../domain/money/cost-statement.ts';
import { FOCUS_BY } from '../../domain/money/focus.ts';
import { isLongerThanTenYears } from '../../domain/time/calendar.ts';
import { timeZone, UTC } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { queryCost } from './cost.ts';

const dimension = z.pipe(
  z.string().check(z.refine((text) => parseDimension(text) !== undefined, { message: 'no such dimension' })),
  z.transform((text) => text as CostDimension),
);

const question = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    by: z._default(z.array(dimension).check(z.maxLength(10)), ['day', 'model']),
    tz: z._default(z.string(), UTC.name),
    format: z._default(z.enum(['json', 'csv', 'focus']), 'json'),
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

/** An answer stands here, or, where it is large, in an object of the bucket. */
export type CostAnswer =
  | { readonly kind: 'report'; readonly format: 'json'; readonly report: CostStatement }
  | { readonly kind: 'report'; readonly format: 'csv' | 'focus'; readonly csv: string }
  | {
      readonly kind: 'object';
      readonly format: CostAnswerFormat;
      readonly key: string;
      readonly bytes: number;
    }
  | { readonly kind: 'problem'; readonly message: string };

/** Lambda's answers take 6 MB; twice escaped, a CSV of this size still fits. */
const MOST_BYTES_HERE = 2_000_000;

/**
 * Answers a cost question that came from outside: `from` and `to` are days of the zone `tz` (UTC where it says none), both
 * included. A question that is none is an answer of kind `problem`.
 */
export async function answerCost(
  effects: Pick<Effects, 'table' | 'store' | 'clock' | 'prices'>,
  asked: unknown,
  mostBytesHere = MOST_BYTES_HERE,
): Promise<CostAnswer> {
  const parsed = question.safeParse(asked);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'question'}: ${message}`,
    );
    return { kind: 'problem', message: `not a cost question: ${fields.join('; ')}` };
  }
  const { from, to, tz, format } = parsed.data;
  const by = format === 'focus' ? [...new Set([...FOCUS_BY, ...parsed.data.by])] : parsed.data.by;
  const report = await queryCost(effects, { from, to, by, zone: timeZone(tz) ?? UTC });
  const statement = costStatement(report);
  const text = textOf(statement, format);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytesHere) return await storeAnswer(effects, statement, format, text);
  return format === 'json'
    ? { kind: 'report', format, report: statement }
    : { kind: 'report', format, csv: text };
}

function textOf(statement: CostStatement, format: CostAnswerFormat): string {
  switch (format) {
    case 'json':
      return JSON.stringify(statement);
    case 'csv':
      return costCsv(statement);
    case 'focus':
      return focusCsv(statement, 'pressrun');
  }
}

async function storeAnswer(
  { store, clock }: Pick<Effects, 'store' | 'clock'>,
  { from, to, by }: CostStatement,
  format: CostAnswerFormat,
  text: string,
): Promise<CostAnswer> {
  const asOf = new Date(clock.now()).toISOString().replaceAll(/[-:]/g, '');
  const dimensions = by.map((each) => each.replaceAll(/[^\w]+/g, '_').slice(0, 40)).join('-') || 'total';
  const extension = format === 'focus' ? 'focus.csv' : format;
  const key = `reports/asked/${from}-${to}-${dimensions}-${asOf}.${extension}`;
  const contentType = format === 'json' ? 'application/json' : 'text/csv; charset=utf-8';
  await store.put(key, Buffer.from(text), { contentType });
  return { kind: 'object', format, key, bytes: Buffer.byteLength(text) };
}
