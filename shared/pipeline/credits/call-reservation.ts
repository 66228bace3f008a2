import type { Item } from '../../domain/item/item.ts';
import { isEnforced } from '../../domain/money/budget.ts';
import type { CallReservation } from '../money/attempt.ts';
import type { BudgetReached } from '../money/budget-pause.ts';
import { type Balance, balancesOf, enforced, uncoveredAccounts } from '../money/budgets.ts';
import { maxItemCost, spenderOf } from '../money/call-terms.ts';
import { fill } from './fill.ts';
import { keepRenewing, releaseSoon } from './hand-over.ts';
import {
  dropReservation,
  expectedCalls,
  hasSurplus,
  type PooledReservation,
  type ReservationPool,
  reservationFor,
} from './reservation-pool.ts';

/** Other calls have the credits, or the budget is being counted. */
interface NotYet {
  readonly kind: 'not-yet';
  /** When to look again, if known. */
  readonly lookMs?: number;
}

export type Reserved =
  | { readonly kind: 'reserved'; readonly reservation: CallReservation }
  | BudgetReached
  | NotYet;

export const NOT_YET: NotYet = { kind: 'not-yet' };
/** A new budget opens after some seconds. */
const COUNTING_LOOK_MS = 1_000;

/** Reserves what an item's next call can cost, if there is room now. Not concurrently. */
export async function reserveNow(pool: ReservationPool, item: Item): Promise<Reserved> {
  const atMs = pool.effects.clock.now();
  const all = balancesOf(await pool.book.budgetsOf(item.batch), spenderOf(pool.effects, item), atMs);
  const balances = enforced(all);
  watch(pool, all);
  if (balances.length === 0) return { kind: 'reserved', reservation: unlimitedCall(pool, atMs) };
  if (balances.some(({ budget }) => budget.state === 'counting')) {
    return { kind: 'not-yet', lookMs: COUNTING_LOOK_MS };
  }
  const needMicro = maxItemCost(pool.effects, item, atMs);
  const pooled = reservationFor(pool, balances);
  if (pooled.freeMicro < needMicro) {
    const shortage = await fill(pool, pooled, needMicro, expectedCalls(pool, pooled));
    if (shortage !== undefined) return shortage.kind === 'reached' ? shortage : NOT_YET;
  }
  return { kind: 'reserved', reservation: limitedCall(pool, pooled, needMicro, atMs) };
}

/** Budgets that only report are watched too; what they spent is in the table. */
export function watch(pool: ReservationPool, balances: readonly Balance[]): void {
  for (const balance of balances) if (!isEnforced(balance.budget)) pool.watched.set(balance.account, balance);
  if (pool.watched.size > 0) void keepRenewing(pool);
}

/** Permission for a call without a budget. */
export function unlimitedCall({ book }: ReservationPool, atMs: number): CallReservation {
  return {
    atMs,
    uncovered: async (charge) => uncoveredAccounts(await book.budgetsOf(charge.batch), charge, []),
    unused: () => undefined,
    ended: () => undefined,
    over: () => undefined,
  };
}

/** Permission for a call under a reservation of the pool. */
function limitedCall(
  pool: ReservationPool,
  pooled: PooledReservation,
  micro: number,
  atMs: number,
): CallReservation {
  const accounts = pooled.balances.map(({ account }) => account);
  let isOver = false;
  pooled.freeMicro -= micro;
  pooled.calls += 1;

  function end(spentMicro: number): void {
    isOver = true;
    pooled.calls -= 1;
    pooled.freeMicro += micro - spentMicro;
    pooled.spentMicro += spentMicro;
    pooled.waiting.wake();
    if (hasSurplus(pool, pooled)) void releaseSoon(pool);
  }

  /** If its end was not recorded here, only the table knows what is left. */
  function over(): void {
    if (isOver) return;
    isOver = true;
    pooled.calls -= 1;
    dropReservation(pool, pooled);
    pooled.waiting.wake();
  }

  return {
    atMs,
    reserved: { id: pooled.id, micro, accounts },
    uncovered: async (charge) => uncoveredAccounts(await pool.book.budgetsOf(charge.batch), charge, accounts),
    unused: () => end(0),
    ended: end,
    over,
  };
}
