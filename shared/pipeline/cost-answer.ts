import { stringify } from 'csv-stringify/sync';
import * as z from 'zod/mini';
import { COST_DIMENSIONS, type CostReport, NO_COST } from '../domain/cost-report.ts';
import { askCost } from './cost.ts';
import type { Effects } from './effects.ts';

const question = z
  .object({
    from: z.iso.date(),
    to: z.iso.date(),
    by: z._default(z.array(z.enum(COST_DIMENSIONS)), ['day', 'model']),
    format: z._default(z.enum(['json', 'csv']), 'json'),
  })
  .check(z.refine(({ from, to }) => from <= to, { message: 'from is after to', path: ['from'] }))
  .check(z.refine((asked) => days(asked) <= 3_660, { message: 'at most ten years at once', path: ['from'] }));

export type CostQuestion = z.infer<typeof question>;

/** An answer stands here, or, where it is large, in an object of the bucket. */
export type CostAnswer =
  | { readonly kind: 'report'; readonly format: 'json'; readonly report: CostReport }
  | { readonly kind: 'report'; readonly format: 'csv'; readonly csv: string }
  | { readonly kind: 'object'; readonly format: 'json' | 'csv'; readonly key: string; readonly bytes: number }
  | { readonly kind: 'problem'; readonly message: string };

/** Lambda's answers take 6 MB; twice escaped, a CSV of this size still fits. */
const MOST_BYTES_HERE = 2_000_000;

/**
 * Answers a cost question that came from outside, from the roll-ups: `from` and `to` are days in UTC, both included. A
 * question that is none is an answer of kind `problem`.
 */
export async function answerCost(
  effects: Pick<Effects, 'table' | 'store' | 'clock'>,
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
  const { from, to, by, format } = parsed.data;
  const report = await askCost(effects.table, { from, to }, by);
  const text = format === 'csv' ? csvOf(report) : JSON.stringify(report);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostBytesHere) {
    const asOf = new Date(effects.clock.now()).toISOString().replaceAll(/[-:]/g, '');
    const key = `reports/${from}-${to}-${by.join('-') || 'total'}-${asOf}.${format}`;
    const contentType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
    await effects.store.put(key, Buffer.from(text), { contentType });
    return { kind: 'object', format, key, bytes };
  }
  return format === 'csv' ? { kind: 'report', format, csv: text } : { kind: 'report', format, report };
}

/** A line for each group; money in whole micro-credits, as the header says. */
function csvOf({ by, rows }: CostReport): string {
  const columns = [...by, ...Object.keys(NO_COST)];
  return stringify([...rows], { header: true, columns, escape_formulas: true });
}

function days({ from, to }: { readonly from: string; readonly to: string }): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}
