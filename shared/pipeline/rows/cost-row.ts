import * as z from 'zod/mini';
import { DEFAULT_PROVIDER } from '../../domain/calls/models.ts';
import { type Charge, unknownMaxMicro, wasteMicro } from '../../domain/money/charge.ts';
import { AMOUNTS, type CostAmounts, NO_COST } from '../../domain/money/cost-report.ts';
import { decimalOfNumber, unitsOfQuotient } from '../../domain/money/decimal.ts';
import { DEFAULT_USD_PER_CREDIT, MICRO_PER_CREDIT } from '../../domain/money/money.ts';
import type { TableKey, TableRow, TableWrite } from '../ports.ts';
import { type SummedCharge, servedBy } from './charge-row.ts';
import { batchId, compiledObject, type Fields, parseRow } from './fields.ts';
import { ALL_SHARDS, shardOfText } from './shards.ts';

/** A sum of charges by day, model, batch, outcome, provider and rate (in one shard). */
export interface CostRollUp {
  readonly day: string;
  readonly model: string;
  readonly batch: string;
  readonly outcome: string;
  readonly provider: string;
  /** US dollars a credit. */
  readonly rate: number;
  readonly amounts: CostAmounts;
}

const amount = z._default(z.int(), 0);

const amounts = {
  images: amount,
  attempts: amount,
  inputTokens: amount,
  textTokens: amount,
  imageTokens: amount,
  creditsMicro: amount,
  wasteMicro: amount,
  unknownMaxMicro: amount,
  statedMicro: amount,
  statedForMicro: amount,
} satisfies Fields<CostAmounts>;

const costRow = compiledObject({
  day: z.string(),
  model: z.string(),
  batch: batchId,
  outcome: z.string(),
  ...servedBy,
  ...amounts,
} satisfies Fields<Omit<CostRollUp, 'amounts'> & CostAmounts>);

/** A month's roll-ups; the first partition is of 0.2, which had no shards. */
export function costPartitions(month: string): string[] {
  return [`COST#${month}`, ...ALL_SHARDS.map((shard) => costPartition(month, shard))];
}

function costPartition(month: string, shard: number): string {
  return `COST#${month}#${shard}`;
}

function costKey(charge: Charge, shard: number): TableKey {
  const day = charge.at.slice(0, 10);
  return {
    pk: costPartition(day.slice(0, 7), shard),
    sk: `${day}#${charge.model}#${charge.batch}#${charge.outcome}${servedByKey(charge)}`,
  };
}

/** Empty for the first provider and rate, whose keys stayed. */
function servedByKey({ provider, rate }: Charge): string {
  const isFirst = provider === DEFAULT_PROVIDER && rate === DEFAULT_USD_PER_CREDIT;
  return isFirst ? '' : `#${provider}#${rate}`;
}

/** Adds a charge to its roll-up (`sign` −1: removes it) in the charge's transaction (I5). Only the sum of shards counts. */
export function addToCost(
  charge: Charge,
  sign: 1 | -1 = 1,
  shard: number = shardOfText(charge.attempt),
): TableWrite {
  const { amounts, ...group } = rollUpOf(charge);
  const add = Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, sign * value]));
  return { kind: 'update', key: costKey(charge, shard), set: group, add };
}

/** Moves a corrected charge between roll-ups, or updates its own. */
export function moveInCost(before: Charge, after: Charge): TableWrite[] {
  const shard = shardOfText(after.attempt);
  const [from, to] = [costKey(before, shard), costKey(after, shard)];
  if (from.sk !== to.sk) return [addToCost(before, -1), addToCost(after)];
  const [was, { amounts, ...group }] = [rollUpOf(before).amounts, rollUpOf(after)];
  const add = Object.fromEntries(AMOUNTS.map((name) => [name, amounts[name] - was[name]]));
  return [{ kind: 'update', key: to, set: group, add }];
}

/** A charge as a roll-up. */
export function rollUpOf(charge: SummedCharge): CostRollUp {
  return {
    day: charge.at.slice(0, 10),
    model: charge.model,
    batch: charge.batch,
    outcome: charge.outcome,
    provider: charge.provider,
    rate: charge.rate,
    amounts: amountsOf(charge),
  };
}

export function amountsOf(charge: SummedCharge): CostAmounts {
  return {
    images: charge.images,
    attempts: 1,
    inputTokens: charge.split.inputTokens,
    textTokens: charge.split.textTokens,
    imageTokens: charge.split.imageTokens,
    creditsMicro: charge.creditsMicro,
    wasteMicro: wasteMicro(charge),
    unknownMaxMicro: unknownMaxMicro(charge, charge.outcome),
    ...statedOf(charge),
  };
}

const NOT_STATED = { statedMicro: 0, statedForMicro: 0 };

function statedOf({ costUsd, rate, creditsMicro }: SummedCharge) {
  const statedMicro =
    costUsd === undefined ? undefined : unitsOfQuotient(decimalOfNumber(costUsd), decimalOfNumber(rate), 6);
  // No call costs a million credits, and sums must stay exact.
  if (statedMicro === undefined || statedMicro >= MICRO_PER_CREDIT * 1_000_000) return NOT_STATED;
  return { statedMicro, statedForMicro: creditsMicro };
}

export function rowToCost(row: TableRow): CostRollUp {
  const { day, model, batch, outcome, provider, rate, ...amounts } = parseRow(costRow, row);
  return { day, model, batch, outcome, provider, rate, amounts: { ...NO_COST, ...amounts } };
}
