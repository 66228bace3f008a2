import type { Item } from '../../domain/item/item.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import { type Charge, countedMicro, unknownMaxMicro } from '../../domain/money/charge.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import type { Table, TableRow, TableWrite } from '../ports.ts';
import { chargeKey, chargeToRow, rowToAccounts, rowToCharge } from '../rows/charge-row.ts';
import { addToCost, moveInCost } from '../rows/cost-row.ts';
import { itemKey } from '../rows/item-row.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfText } from '../rows/shards.ts';
import { readBudgets, uncoveredAccounts } from './budgets.ts';
import { unreservedWrites } from './reservations.ts';

/** Money that a charge adds to the item and the batch it belongs to. */
export function creditsOf(charge: Charge): { creditsMicro: number; creditsMaxUnknownMicro: number } {
  return {
    creditsMicro: charge.creditsMicro,
    creditsMaxUnknownMicro: unknownMaxMicro(charge, charge.outcome),
  };
}

/** A new charge's writes, for the item's transaction: the entry with its budgets' balances, and its roll-up. */
export function chargeWrites(
  charge: Charge,
  budgets: readonly BudgetAccount[],
  shard: number = shardOfText(charge.attempt),
): TableWrite[] {
  const row = chargeToRow(charge, budgets);
  return [{ kind: 'put', row, onlyIf: { kind: 'absent' } }, addToCost(charge, 1, shard)];
}

/**
 * Records the charge of an attempt that no longer holds its item. Corrects one given up that has answered after all,
 * once, with roll-up, batch and item. One that still holds its item is left to its end, or it would count twice.
 */
export async function recordLateCharge(
  effects: Pick<Effects, 'table' | 'log'>,
  charge: Charge,
): Promise<void> {
  const booked = await effects.table.get(chargeKey(charge));
  if (booked === undefined) {
    const item = await readItem(effects.table, charge);
    if (item !== undefined && isHeldBy(item, charge)) return;
    const accounts = uncoveredAccounts(await readBudgets(effects.table, charge.batch), charge, []);
    const result = await effects.table.write([
      ...chargeWrites(charge, accounts),
      ...unreservedWrites(accounts, countedMicro(charge)),
      // Of a batch that was pruned, or lost, there is only the charge.
      ...(item === undefined ? [] : ownerWrites(charge, creditsOf(charge))),
    ]);
    if (result.kind === 'refused') await recordLateCharge(effects, charge);
    return;
  }
  if (isCorrected(rowToCharge(booked), charge)) await rebook(effects, booked, charge);
}

function isHeldBy({ state }: Item, charge: Charge): boolean {
  return state.kind === 'working' && state.lease.attempt === charge.attempt;
}

/** Records an image as one too many, after its item has ended with another attempt's; what is recorded otherwise stays. */
export async function recordDuplicateCharge(
  effects: Pick<Effects, 'table' | 'log'>,
  charge: Charge,
): Promise<void> {
  const booked = await effects.table.get(chargeKey(charge));
  if (booked === undefined) return;
  const before = rowToCharge(booked);
  if (before.outcome === 'image') await rebook(effects, booked, asDuplicate(before));
}

/** The charge of an image that its item has no use for. */
export function asDuplicate(charge: Charge): Charge {
  return { ...charge, outcome: 'duplicate', images: 0 };
}

/** Corrects a charge, once, with its roll-up, its batch, its item and the budgets that it counts in. */
async function rebook(
  effects: Pick<Effects, 'table' | 'log'>,
  booked: TableRow,
  charge: Charge,
): Promise<void> {
  const written = await effects.table.write([
    ...correctionWrites(booked, charge),
    ...(await correctOwner(effects.table, rowToCharge(booked), charge)),
  ]);
  effects.log.info('charge corrected', {
    attempt: charge.attempt,
    outcome: charge.outcome,
    result: written.kind,
  });
}

/** The writes that put a charge in the place of what is recorded, with its roll-up and the budgets that it counts in. */
export function correctionWrites(booked: TableRow, charge: Charge): TableWrite[] {
  const before = rowToCharge(booked);
  const accounts = rowToAccounts(booked);
  const { outcome, creditsMicro, creditsMaxMicro } = before;
  const asRead = Object.entries({ outcome, creditsMicro, creditsMaxMicro });
  return [
    {
      kind: 'put',
      row: chargeToRow(charge, accounts),
      onlyIf: { kind: 'all', of: asRead.map(([field, value]) => ({ kind: 'equals', field, value })) },
    },
    ...moveInCost(before, charge),
    ...unreservedWrites(accounts, countedMicro(charge) - countedMicro(before)),
  ];
}

/** The writes that change the item and the batch of a corrected charge; none if the batch was pruned, or lost. */
export async function correctOwner(
  table: Pick<Table, 'get'>,
  before: Charge,
  after: Charge,
): Promise<TableWrite[]> {
  if ((await readItem(table, after)) === undefined) return [];
  const [was, is] = [creditsOf(before), creditsOf(after)];
  return ownerWrites(after, {
    creditsMicro: is.creditsMicro - was.creditsMicro,
    creditsMaxUnknownMicro: is.creditsMaxUnknownMicro - was.creditsMaxUnknownMicro,
  });
}

/** What is known of an attempt only grows: it was given up and then answered, or its answer turned out to be an image. */
function isCorrected(before: Charge, after: Charge): boolean {
  if (isGivenUp(before)) return !isGivenUp(after);
  return after.outcome === 'image' && before.outcome !== 'image' && before.outcome !== 'duplicate';
}

/** Its answer never came, or its image seemed not to be stored: both may turn out otherwise. */
function isGivenUp({ outcome }: Charge): boolean {
  return outcome === 'unknown' || outcome === 'unstored';
}

function ownerWrites(charge: Charge, add: ReturnType<typeof creditsOf>): TableWrite[] {
  return [
    { kind: 'update', key: itemKey(charge), add, onlyIf: { kind: 'present' } },
    addProgress(charge.batch, shardOfText(charge.attempt), add),
  ];
}
