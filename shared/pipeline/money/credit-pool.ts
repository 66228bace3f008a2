import pLimit from 'p-limit';
import type { Item, ReservedCredits } from '../../domain/item/item.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import type { Charge } from '../../domain/money/charge.ts';
import type { Effects } from '../effects.ts';
import { warnIfNearlySpent } from './budget-warning.ts';
import { type BudgetBook, balancesOf, uncoveredAccounts } from './budgets.ts';
import { mostOfItem } from './call-terms.ts';
import {
  fill,
  handOver,
  type PooledReservation,
  type ReservationPool,
  reservationFor,
  type Shortage,
} from './pooled-reservation.ts';
import { closeReservation } from './reservations.ts';

/** Leave for one call: its credits are reserved, if a budget applies to it. */
export interface CallReservation {
  /** When the call counts as begun; the days and months of its accounts are those of this moment. */
  readonly atMs: number;
  readonly hold?: ReservedCredits;
  /** The accounts that the charge counts in and that nothing is reserved in: their budgets were set since. */
  uncovered(charge: Charge): Promise<BudgetAccount[]>;
  /** No call was begun. */
  unused(): void;
  /** The call's end is recorded, with what it spent of budgets. */
  ended(countedMicro: number): void;
}

type CallReservationResult = { readonly kind: 'reserved'; readonly reservation: CallReservation } | Shortage;

/** The credits that one invocation reserves: for many calls at a time, so that no account is a hot key. */
export interface CreditPool {
  reserveFor(item: Item): Promise<CallReservationResult>;
  /** Hands over what was spent and renews what is reserved: with every heartbeat. */
  renew(): Promise<void>;
  /** The invocation is over: everything is handed over or returned. */
  close(): Promise<void>;
}

const COUNTING_WAIT_MS = 1_000;

/** A pool for one invocation; `expected` says how many calls it may be about to begin, the one that asks included. */
export function createCreditPool(effects: Effects, book: BudgetBook, expected: () => number): CreditPool {
  const pool: ReservationPool = { effects, book, expected, reservations: new Map(), written: new Map() };
  const oneAtATime = pLimit(1);

  async function reserveFor(item: Item): Promise<CallReservationResult> {
    const budgets = await book.current(item.batch);
    const atMs = effects.clock.now();
    const balances = balancesOf(budgets, item, atMs);
    if (balances.some(({ budget }) => budget.state === 'counting')) {
      return { kind: 'wait', waitMs: COUNTING_WAIT_MS };
    }
    if (balances.length === 0) return { kind: 'reserved', reservation: callReservation(book, atMs) };
    const needMicro = mostOfItem(effects, item, atMs);
    return await oneAtATime(async () => {
      const pooled = reservationFor(pool, balances);
      const shortage = pooled.freeMicro < needMicro ? await fill(pool, pooled, needMicro) : undefined;
      if (shortage !== undefined) return shortage;
      pooled.freeMicro -= needMicro;
      return { kind: 'reserved', reservation: callReservation(book, atMs, pooled, needMicro) };
    });
  }

  async function renew(): Promise<void> {
    await oneAtATime(async () => {
      for (const each of [...pool.reservations.values()]) {
        await handOver(pool, each, expected() > 0 ? 0 : Math.max(0, each.freeMicro));
      }
      await warn();
    });
  }

  async function close(): Promise<void> {
    await oneAtATime(async () => {
      pool.reservations.clear();
      for (const id of pool.written.keys()) await closeReservation(effects.table, id);
      await warn();
    });
  }

  async function warn(): Promise<void> {
    const balances = [...pool.written.values()].flat();
    await warnIfNearlySpent(effects, new Map(balances.map((balance) => [balance.account, balance])).values());
  }

  return { reserveFor, renew, close };
}

/** Leave for one call, under a pool's reservation if budgets apply to it. */
function callReservation(
  book: BudgetBook,
  atMs: number,
  pooled?: PooledReservation,
  micro = 0,
): CallReservation {
  const accounts = pooled?.balances.map(({ account }) => account) ?? [];
  return {
    atMs,
    ...(pooled === undefined ? {} : { hold: { id: pooled.id, micro, accounts } }),
    uncovered: async (charge) => uncoveredAccounts(await book.current(charge.batch), charge, accounts),
    unused: () => {
      if (pooled !== undefined) pooled.freeMicro += micro;
    },
    ended: (countedMicro) => {
      if (pooled === undefined) return;
      pooled.freeMicro += micro - countedMicro;
      pooled.spentMicro += countedMicro;
    },
  };
}
