import * as z from 'zod/mini';
import { FAILURE_CODES } from '../../domain/calls/failure.ts';
import { DEFAULT_PROVIDER } from '../../domain/calls/models.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { DEFAULT_USD_PER_CREDIT } from '../../domain/money/money.ts';
import { type TokenCounts, type TokenSplit, USAGE_BASES, USAGE_FLAGS } from '../../domain/money/usage.ts';
import type { TableKey, TableRow } from '../ports.ts';
import {
  attemptId,
  batchId,
  budgetAccount,
  compiledObject,
  count,
  type Fields,
  parseRow,
  textMap,
} from './fields.ts';
import { shardOfText } from './shards.ts';

/** Who served a call, and its rate: earlier releases had one of each. */
export const servedBy = {
  provider: z._default(z.string(), DEFAULT_PROVIDER),
  rate: z._default(z.number(), DEFAULT_USD_PER_CREDIT),
};

const bookedFields = {
  batch: batchId,
  model: z.string(),
  ...servedBy,
  costUsd: z.exactOptional(z.number()),
  at: z.string(),
  outcome: z.enum(['image', 'duplicate', 'unknown', ...FAILURE_CODES]),
  images: count,
  size: z.exactOptional(z.string()),
  user: z.exactOptional(z.string()),
  tags: textMap,
  split: compiledObject({
    inputTokens: count,
    textTokens: count,
    imageTokens: count,
    basis: z.enum(USAGE_BASES),
    flags: z.array(z.enum(USAGE_FLAGS)),
  } satisfies Fields<TokenSplit>),
  price: z.string(),
  creditsMicro: count,
  creditsMaxMicro: count,
} satisfies Fields<SummedCharge>;

/** A charge's schema, in its row and in its image's metadata. */
export const chargeFields = z.object({
  ...bookedFields,
  attempt: attemptId,
  row: count,
  variant: count,
  usage: z.optional(
    z.object({
      promptTokens: z.exactOptional(z.number()),
      completionTokens: z.exactOptional(z.number()),
      totalTokens: z.exactOptional(z.number()),
      reasoningTokens: z.exactOptional(z.number()),
      imageTokens: z.exactOptional(z.number()),
    } satisfies Fields<TokenCounts>),
  ),
} satisfies Fields<Charge>);

/** By day (UTC) of the attempt's start, so that an attempt is always the same row. */
export function chargeKey(charge: Pick<Charge, 'at' | 'attempt'>): TableKey {
  return {
    pk: chargesPartition(charge.at.slice(0, 10), shardOfText(charge.attempt)),
    sk: `${charge.at}#${charge.attempt}`,
  };
}

export function chargesPartition(day: string, shard: number): string {
  return `CHARGES#${day}#${shard}`;
}

/** A charge's row; `budgets` are the balances in which it counts. */
export function chargeToRow(charge: Charge, budgets: readonly BudgetAccount[] = []): TableRow {
  const { split, usage, ...rest } = charge;
  return {
    ...chargeKey(charge),
    ...rest,
    split: { ...split },
    ...(usage === undefined ? {} : { usage: { ...usage } }),
    ...(budgets.length === 0 ? {} : { budgets }),
  };
}

const countedIn = z.object({ budgets: z._default(z.array(budgetAccount), []) });

/** The balances in which a charge counts. */
export function rowToAccounts(row: TableRow): BudgetAccount[] {
  return parseRow(countedIn, row).budgets;
}

export function rowToCharge(row: TableRow): Charge {
  const { usage, ...rest } = parseRow(chargeFields, row);
  return { ...rest, usage };
}

/** A charge for sums: without what identifies the attempt. */
export type SummedCharge = Omit<Charge, 'attempt' | 'row' | 'variant' | 'usage'>;

export const SUMMED_FIELDS: readonly string[] = Object.keys(bookedFields);

const bookedRow = compiledObject(bookedFields);

export function rowToSummedCharge(row: TableRow): SummedCharge {
  return parseRow(bookedRow, row);
}

/** The journal of corrections, by time. */
export const CORRECTIONS = 'CORRECTIONS';

const booked = z.object({ creditsMicro: count, creditsMaxMicro: count });

const correctionRow = z.object({
  settlement: z.string(),
  attempt: attemptId,
  at: z.string(),
  batch: batchId,
  model: z.string(),
  madeAt: z.string(),
  who: z.string(),
  why: z.string(),
  before: booked,
  after: booked,
  undoes: z.exactOptional(z.string()),
} satisfies Fields<Correction>);

/** One change of a charge by hand, in a journal that only grows. Those made together are one settlement. */
export interface Correction extends Pick<Charge, 'attempt' | 'at' | 'batch' | 'model'> {
  readonly settlement: string;
  readonly madeAt: string;
  readonly who: string;
  readonly why: string;
  readonly before: Pick<Charge, 'creditsMicro' | 'creditsMaxMicro'>;
  readonly after: Pick<Charge, 'creditsMicro' | 'creditsMaxMicro'>;
  /** The settlement that it undoes. */
  readonly undoes?: string;
}

export function correctionToRow(correction: Correction): TableRow {
  const { settlement, attempt, before, after } = correction;
  const key = { pk: CORRECTIONS, sk: `${settlement}#${attempt}` };
  return { ...key, ...correction, before: { ...before }, after: { ...after } };
}

export function rowToCorrection(row: TableRow): Correction {
  return parseRow(correctionRow, row);
}
