import * as z from 'zod/mini';
import { usdPerCreditOf } from '../../domain/configuration/credit-rate.ts';
import { type BatchId, parseBatchId } from '../../domain/ids.ts';
import { FORECAST_PERIODS, type Forecast, type ForecastPeriod } from '../../domain/money/forecast.ts';
import { newestBatches } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import {
  answerCost,
  type CostAnswer,
  MOST_BYTES_HERE,
  MOST_CHARGES,
  problemOf,
  storeText,
} from '../money/cost-answer.ts';
import type { explanationOf } from '../money/explain-cost.ts';

export type ReportEffects = Pick<Effects, 'table' | 'store' | 'clock' | 'prices' | 'models' | 'providers'>;

/** `forecast` and `explanation`, which are loaded when they are first asked for, are what `cost --forecast --json` and `cost explain --json` print. */
export type ReportAnswer =
  | CostAnswer
  | { readonly kind: 'forecast'; readonly forecast: Forecast & { readonly usdPerCredit: number | null } }
  | { readonly kind: 'explanation'; readonly explanation: ReturnType<typeof explanationOf> };

const forecastQuestion = z.strictObject({ forecast: z.enum(FORECAST_PERIODS) });
const explainQuestion = z.strictObject({
  explain: z.strictObject({ batch: z.string(), row: z.int().check(z.positive()) }),
});

/** Answers a question from outside: `{forecast: PERIOD}`, `{explain: {batch, row}}`, or one of `answerCost`. */
export async function answerReport(
  effects: ReportEffects,
  asked: unknown,
  { mostBytesHere = MOST_BYTES_HERE, mostCharges = MOST_CHARGES } = {},
): Promise<ReportAnswer> {
  const kind = kindOf(asked);
  if (kind === 'cost') return await answerCost(effects, asked, { mostBytesHere, mostCharges });
  const parsed = z.union([forecastQuestion, explainQuestion]).safeParse(asked);
  if (!parsed.success) return problemOf(WRITE[kind]);
  const answer =
    'forecast' in parsed.data
      ? await forecast(effects, parsed.data.forecast, mostCharges)
      : await explain(effects, parsed.data.explain);
  const text = JSON.stringify(answer);
  return Buffer.byteLength(text) > mostBytesHere ? await storeText(effects, kind, 'json', text) : answer;
}

const WRITE = {
  forecast: `write {"forecast": PERIOD} and no more, where there are ${FORECAST_PERIODS.join(', ')}`,
  explain: 'write {"explain": {"batch": ID, "row": 12}} and no more; ID may be "latest"',
} as const;

function kindOf(asked: unknown): 'cost' | keyof typeof WRITE {
  if (typeof asked !== 'object' || asked === null) return 'cost';
  return 'forecast' in asked ? 'forecast' : 'explain' in asked ? 'explain' : 'cost';
}

async function forecast(effects: ReportEffects, period: ForecastPeriod, most: number): Promise<ReportAnswer> {
  const { forecastCost, rowsToForecast } = await import('./forecast.ts');
  const rows = await rowsToForecast(effects);
  if (rows > most)
    return problemOf(`it reads ${rows} charges and items one by one, and at most ${most} at once`);
  const usdPerCredit = usdPerCreditOf(effects) ?? null;
  return { kind: 'forecast', forecast: { ...(await forecastCost(effects, period)), usdPerCredit } };
}

async function explain(
  effects: ReportEffects,
  { batch: text, row }: { readonly batch: string; readonly row: number },
): Promise<ReportAnswer> {
  const { explainRow, explanationOf } = await import('../money/explain-cost.ts');
  const batch = text === 'latest' ? await newest(effects) : parseBatchId(text);
  const items = batch === undefined ? [] : await explainRow(effects, batch, row);
  if (batch === undefined || items.length === 0)
    return problemOf(
      `there is no row ${row} of batch "${text}", or it was rejected; give the whole id of a batch`,
    );
  return { kind: 'explanation', explanation: explanationOf(batch, row, items) };
}

async function newest({ table }: ReportEffects): Promise<BatchId | undefined> {
  for await (const batch of newestBatches(table, 1)) return batch;
  return undefined;
}
