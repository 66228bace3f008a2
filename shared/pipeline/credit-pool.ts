import pLimit from 'p-limit';
import { type AccountSums, type Budget, type BudgetAccount, roomFor } from '../domain/budget.ts';
import type { Charge } from '../domain/charge.ts';
import type { HeldCredits, Item } from '../domain/item.ts';
import { mostOfItem } from './attempt.ts';
import { warnIfNearlySpent } from './budget-warning.ts';
import { type BudgetBook, type Purse, pursesOf, readAccount, uncoveredAccounts } from './budgets.ts';
import type { Effects } from './effects.ts';
import { closeHold, HOLD_MS, renewHold, setAside } from './holds.ts';

/** Leave for one call: its credits are held, where a budget applies to it. */
export interface Ticket {
  /** When the call counts as begun; the days and months of its accounts are those of this moment. */
  readonly atMs: number;
  readonly hold?: HeldCredits;
  /** The accounts that the charge counts in and that nothing is held in: their budgets were set since. */
  uncovered(charge: Charge): Promise<BudgetAccount[]>;
  /** No call was begun. */
  unused(): void;
  /** The call's end is recorded, with what it took out of budgets. */
  ended(countedMicro: number): void;
}

/** Not even all that is held would do: the batch has to wait for a person, or for the next day or month. */
export interface BudgetReached {
  readonly kind: 'reached';
  readonly budget: Budget;
  readonly atMs: number;
  readonly needMicro: number;
  readonly spentMicro: number;
}

export type TicketResult =
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | BudgetReached;

/** The credits that one invocation holds: it sets them aside for many calls at a time, so that no account is a hot key. */
export interface CreditPool {
  ticketFor(item: Item): Promise<TicketResult>;
  /** Hands over what was spent and renews what is held: with every heartbeat. */
  renew(): Promise<void>;
  /** The invocation is over: everything is handed over or returned. */
  close(): Promise<void>;
}

/** One hold of the pool, for all calls that draw on the same accounts. */
interface Lot {
  readonly id: string;
  readonly purses: readonly Purse[];
  isNew: boolean;
  freeMicro: number;
  spentMicro: number;
}

const COUNTING_WAIT_MS = 1_000;
/** Credits that are held return when calls end, which takes seconds. */
const HELD_WAIT_MS = 5_000;

/** A pool for one invocation; `expected` says how many calls it may be about to begin, the one that asks included. */
export function createCreditPool(effects: Effects, book: BudgetBook, expected: () => number): CreditPool {
  const { table, clock } = effects;
  const lots = new Map<string, Lot>();
  const holds = new Map<string, readonly Purse[]>();
  const oneAtATime = pLimit(1);

  async function ticketFor(item: Item): Promise<TicketResult> {
    const budgets = await book.current(item.batch);
    const atMs = clock.now();
    const purses = pursesOf(budgets, item, atMs);
    if (purses.some(({ budget }) => budget.state === 'counting')) {
      return { kind: 'wait', waitMs: COUNTING_WAIT_MS };
    }
    if (purses.length === 0) return { kind: 'ticket', ticket: ticketOf(atMs) };
    const needMicro = mostOfItem(effects, item, atMs);
    return await oneAtATime(() => hold(purses, needMicro, atMs));
  }

  async function hold(purses: readonly Purse[], needMicro: number, atMs: number): Promise<TicketResult> {
    const lot = lotOf(purses);
    if (lot.freeMicro < needMicro) {
      const refusal = await fill(lot, needMicro);
      if (refusal !== undefined) return refusal;
    }
    lot.freeMicro -= needMicro;
    return { kind: 'ticket', ticket: ticketOf(atMs, lot, needMicro) };
  }

  /** First for all calls that may be about to begin; where there is no room for them, for as many as there is. */
  async function fill(lot: Lot, needMicro: number): Promise<TicketResult | undefined> {
    if ((await add(lot, needMicro * Math.max(1, expected()) - lot.freeMicro)) === 'held') return undefined;
    for (const each of lots.values()) await handOver(each, each.freeMicro);
    const accounts = await Promise.all(lot.purses.map(({ account }) => readAccount(table, account)));
    let roomMicro = Number.POSITIVE_INFINITY;
    for (const [index, sums] of accounts.entries()) {
      const budget = lot.purses[index]?.budget;
      if (budget === undefined) continue;
      const refusal = refusalOf(needMicro, budget, sums);
      if (refusal !== undefined) return refusal;
      roomMicro = Math.min(roomMicro, budget.limitMicro - sums.spentMicro - sums.heldMicro);
    }
    const calls = Math.min(Math.max(1, expected()), Math.floor(roomMicro / needMicro));
    return (await add(lot, needMicro * calls - lot.freeMicro)) === 'held' ? undefined : held();
  }

  function refusalOf(needMicro: number, budget: Budget, sums: AccountSums): TicketResult | undefined {
    const room = roomFor(needMicro, budget.limitMicro, sums);
    switch (room.kind) {
      case 'room':
        return undefined;
      case 'held':
        return held();
      case 'reached':
        // The limit may be another by now: whoever asks next reads it.
        book.forget();
        return { kind: 'reached', budget, atMs: clock.now(), needMicro, spentMicro: sums.spentMicro };
    }
  }

  function held(): TicketResult {
    book.forget();
    return { kind: 'wait', waitMs: Math.round(HELD_WAIT_MS * (1 + effects.random())) };
  }

  async function add(lot: Lot, micro: number): Promise<'held' | 'refused'> {
    const { id, isNew, purses } = lot;
    holds.set(id, purses);
    try {
      const result = await setAside(table, { id, isNew, expiresAtMs: clock.now() + HOLD_MS }, purses, micro);
      if (result === 'gone') forget(lot);
      if (result !== 'held') return 'refused';
    } catch (error) {
      forget(lot);
      throw error;
    }
    lot.isNew = false;
    lot.freeMicro += micro;
    return 'held';
  }

  /** A lot that may not be what this pool thinks: nothing is begun under it any more, and closing it reads what it is. */
  function forget(lot: Lot): void {
    lot.freeMicro = 0;
    lot.spentMicro = 0;
    const key = keyOf(lot.purses);
    if (lots.get(key) === lot) lots.delete(key);
  }

  async function handOver(lot: Lot, surplusMicro: number): Promise<void> {
    if (lot.isNew) return;
    const { id, spentMicro } = lot;
    lot.freeMicro -= surplusMicro;
    lot.spentMicro -= spentMicro;
    try {
      const accounts = lot.purses.map(({ account }) => account);
      const renewed = { id, accounts, expiresAtMs: clock.now() + HOLD_MS };
      if ((await renewHold(table, renewed, { spentMicro, surplusMicro })) === 'gone') forget(lot);
    } catch (error) {
      forget(lot);
      throw error;
    }
  }

  function lotOf(purses: readonly Purse[]): Lot {
    const key = keyOf(purses);
    const known = lots.get(key);
    if (known !== undefined) return known;
    const lot = { id: effects.newAttemptId(), purses, isNew: true, freeMicro: 0, spentMicro: 0 };
    lots.set(key, lot);
    return lot;
  }

  function ticketOf(atMs: number, lot?: Lot, micro = 0): Ticket {
    const accounts = lot?.purses.map(({ account }) => account) ?? [];
    return {
      atMs,
      ...(lot === undefined ? {} : { hold: { id: lot.id, micro, accounts } }),
      uncovered: async (charge) => uncoveredAccounts(await book.current(charge.batch), charge, accounts),
      unused: () => {
        if (lot !== undefined) lot.freeMicro += micro;
      },
      ended: (countedMicro) => {
        if (lot === undefined) return;
        lot.freeMicro += micro - countedMicro;
        lot.spentMicro += countedMicro;
      },
    };
  }

  async function renew(): Promise<void> {
    await oneAtATime(async () => {
      for (const lot of [...lots.values()])
        await handOver(lot, expected() > 0 ? 0 : Math.max(0, lot.freeMicro));
      await warn();
    });
  }

  async function close(): Promise<void> {
    await oneAtATime(async () => {
      lots.clear();
      for (const id of holds.keys()) await closeHold(table, id);
      await warn();
    });
  }

  async function warn(): Promise<void> {
    const purses = [...holds.values()].flat();
    await warnIfNearlySpent(effects, new Map(purses.map((purse) => [purse.account, purse])).values());
  }

  return { ticketFor, renew, close };
}

/** Limits are part of it: with another limit, another hold. */
function keyOf(purses: readonly Purse[]): string {
  return JSON.stringify(purses.map(({ budget, account }) => [account, budget.limitMicro]));
}
