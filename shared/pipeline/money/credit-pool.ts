import pLimit from 'p-limit';
import type { Item, ReservedCredits } from '../../domain/item/item.ts';
import { type AccountSums, type Budget, type BudgetAccount, roomFor } from '../../domain/money/budget.ts';
import type { Charge } from '../../domain/money/charge.ts';
import type { Effects } from '../effects.ts';
import { warnIfNearlySpent } from './budget-warning.ts';
import { type Balance, type BudgetBook, balancesOf, readAccount, uncoveredAccounts } from './budgets.ts';
import { mostOfItem } from './call-terms.ts';
import { closeReservation, RESERVATION_MS, renewReservation, reserveCredits } from './reservations.ts';

/** Leave for one call: its credits are held, where a budget applies to it. */
export interface CallReservation {
  /** When the call counts as begun; the days and months of its accounts are those of this moment. */
  readonly atMs: number;
  readonly hold?: ReservedCredits;
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

type CallReservationResult =
  | { readonly kind: 'reserved'; readonly reservation: CallReservation }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | BudgetReached;

/** The credits that one invocation holds: it sets them aside for many calls at a time, so that no account is a hot key. */
export interface CreditPool {
  reserveFor(item: Item): Promise<CallReservationResult>;
  /** Hands over what was spent and renews what is held: with every heartbeat. */
  renew(): Promise<void>;
  /** The invocation is over: everything is handed over or returned. */
  close(): Promise<void>;
}

/** One hold of the pool, for all calls that draw on the same accounts. */
interface PooledReservation {
  readonly id: string;
  readonly balances: readonly Balance[];
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
  const reservations = new Map<string, PooledReservation>();
  const holds = new Map<string, readonly Balance[]>();
  const oneAtATime = pLimit(1);

  async function reserveFor(item: Item): Promise<CallReservationResult> {
    const budgets = await book.current(item.batch);
    const atMs = clock.now();
    const balances = balancesOf(budgets, item, atMs);
    if (balances.some(({ budget }) => budget.state === 'counting')) {
      return { kind: 'wait', waitMs: COUNTING_WAIT_MS };
    }
    if (balances.length === 0) return { kind: 'reserved', reservation: callReservation(atMs) };
    const needMicro = mostOfItem(effects, item, atMs);
    return await oneAtATime(() => hold(balances, needMicro, atMs));
  }

  async function hold(
    balances: readonly Balance[],
    needMicro: number,
    atMs: number,
  ): Promise<CallReservationResult> {
    const reservation = reservationOf(balances);
    if (reservation.freeMicro < needMicro) {
      const refusal = await fill(reservation, needMicro);
      if (refusal !== undefined) return refusal;
    }
    reservation.freeMicro -= needMicro;
    return { kind: 'reserved', reservation: callReservation(atMs, reservation, needMicro) };
  }

  /** First for all calls that may be about to begin; where there is no room for them, for as many as there is. */
  async function fill(
    reservation: PooledReservation,
    needMicro: number,
  ): Promise<CallReservationResult | undefined> {
    if ((await add(reservation, needMicro * Math.max(1, expected()) - reservation.freeMicro)) === 'held')
      return undefined;
    for (const each of reservations.values()) await handOver(each, each.freeMicro);
    const accounts = await Promise.all(
      reservation.balances.map(({ account }) => readAccount(table, account)),
    );
    let roomMicro = Number.POSITIVE_INFINITY;
    for (const [index, sums] of accounts.entries()) {
      const budget = reservation.balances[index]?.budget;
      if (budget === undefined) continue;
      const refusal = refusalOf(needMicro, budget, sums);
      if (refusal !== undefined) return refusal;
      roomMicro = Math.min(roomMicro, budget.limitMicro - sums.spentMicro - sums.heldMicro);
    }
    const calls = Math.min(Math.max(1, expected()), Math.floor(roomMicro / needMicro));
    return (await add(reservation, needMicro * calls - reservation.freeMicro)) === 'held'
      ? undefined
      : held();
  }

  function refusalOf(
    needMicro: number,
    budget: Budget,
    sums: AccountSums,
  ): CallReservationResult | undefined {
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

  function held(): CallReservationResult {
    book.forget();
    return { kind: 'wait', waitMs: Math.round(HELD_WAIT_MS * (1 + effects.random())) };
  }

  async function add(reservation: PooledReservation, micro: number): Promise<'held' | 'refused'> {
    const { id, isNew, balances } = reservation;
    holds.set(id, balances);
    try {
      const result = await reserveCredits(
        table,
        { id, isNew, expiresAtMs: clock.now() + RESERVATION_MS },
        balances,
        micro,
      );
      if (result === 'gone') forget(reservation);
      if (result !== 'held') return 'refused';
    } catch (error) {
      forget(reservation);
      throw error;
    }
    reservation.isNew = false;
    reservation.freeMicro += micro;
    return 'held';
  }

  /** A reservation that may not be what this pool thinks: nothing is begun under it any more, and closing it reads what it is. */
  function forget(reservation: PooledReservation): void {
    reservation.freeMicro = 0;
    reservation.spentMicro = 0;
    const key = keyOf(reservation.balances);
    if (reservations.get(key) === reservation) reservations.delete(key);
  }

  async function handOver(reservation: PooledReservation, surplusMicro: number): Promise<void> {
    if (reservation.isNew) return;
    const { id, spentMicro } = reservation;
    reservation.freeMicro -= surplusMicro;
    reservation.spentMicro -= spentMicro;
    try {
      const accounts = reservation.balances.map(({ account }) => account);
      const renewed = { id, accounts, expiresAtMs: clock.now() + RESERVATION_MS };
      if ((await renewReservation(table, renewed, { spentMicro, surplusMicro })) === 'gone')
        forget(reservation);
    } catch (error) {
      forget(reservation);
      throw error;
    }
  }

  function reservationOf(balances: readonly Balance[]): PooledReservation {
    const key = keyOf(balances);
    const known = reservations.get(key);
    if (known !== undefined) return known;
    const reservation = { id: effects.newAttemptId(), balances, isNew: true, freeMicro: 0, spentMicro: 0 };
    reservations.set(key, reservation);
    return reservation;
  }

  function callReservation(atMs: number, reservation?: PooledReservation, micro = 0): CallReservation {
    const accounts = reservation?.balances.map(({ account }) => account) ?? [];
    return {
      atMs,
      ...(reservation === undefined ? {} : { hold: { id: reservation.id, micro, accounts } }),
      uncovered: async (charge) => uncoveredAccounts(await book.current(charge.batch), charge, accounts),
      unused: () => {
        if (reservation !== undefined) reservation.freeMicro += micro;
      },
      ended: (countedMicro) => {
        if (reservation === undefined) return;
        reservation.freeMicro += micro - countedMicro;
        reservation.spentMicro += countedMicro;
      },
    };
  }

  async function renew(): Promise<void> {
    await oneAtATime(async () => {
      for (const reservation of [...reservations.values()])
        await handOver(reservation, expected() > 0 ? 0 : Math.max(0, reservation.freeMicro));
      await warn();
    });
  }

  async function close(): Promise<void> {
    await oneAtATime(async () => {
      reservations.clear();
      for (const id of holds.keys()) await closeReservation(table, id);
      await warn();
    });
  }

  async function warn(): Promise<void> {
    const balances = [...holds.values()].flat();
    await warnIfNearlySpent(effects, new Map(balances.map((balance) => [balance.account, balance])).values());
  }

  return { reserveFor, renew, close };
}

/** Limits are part of it: with another limit, another hold. */
function keyOf(balances: readonly Balance[]): string {
  return JSON.stringify(balances.map(({ budget, account }) => [account, budget.limitMicro]));
}
