import pLimit from 'p-limit';
import type { Effects } from '../effects.ts';
import type { BatchBook } from '../money/batch-book.ts';
import type { Balance } from '../money/budgets.ts';
import { createWaitingCalls, type WaitingCalls } from './waiting-calls.ts';

/** One reservation of a pool, for all calls that draw on the same accounts. */
export interface PooledReservation {
  readonly id: string;
  readonly balances: readonly Balance[];
  /** The calls that wait for its credits. */
  readonly waiting: WaitingCalls;
  isNew: boolean;
  freeMicro: number;
  spentMicro: number;
  /** Calls in progress. */
  calls: number;
}

/** What one process has reserved, and who waits for it. */
export interface ReservationPool {
  readonly effects: Effects;
  readonly book: BatchBook;
  /** Those that calls may begin under, by the accounts and limits that they draw on. */
  readonly reservations: Map<string, PooledReservation>;
  /** All that may be in the table: what has to be closed. */
  readonly written: Set<PooledReservation>;
  /** Balances of budgets that are only told of, by their accounts. */
  readonly watched: Map<string, Balance>;
  /** Who waits, by accounts. */
  readonly lines: Map<string, WaitingCalls>;
  /** For each invocation, how many of its calls have not asked for credits yet and soon will. */
  readonly invocations: Set<() => number>;
  /** Until then there was no room lately for all that was wanted: nothing is reserved ahead. */
  scarceUntilMs: number;
  /** Whether a surplus is about to be returned. */
  isReturning: boolean;
  /** Aborted when the last invocation has ended. */
  ended: AbortController;
  /** Of the invocations that what is reserved is renewed for. */
  renewing?: AbortSignal;
  readonly oneAtATime: ReturnType<typeof pLimit>;
}

export function createReservationPool(effects: Effects, book: BatchBook): ReservationPool {
  return {
    effects,
    book,
    reservations: new Map(),
    written: new Set(),
    watched: new Map(),
    lines: new Map(),
    invocations: new Set(),
    scarceUntilMs: 0,
    isReturning: false,
    ended: new AbortController(),
    oneAtATime: pLimit(1),
  };
}

/** The pool's reservation for these balances: the one there is, or a new one that holds nothing yet. */
export function reservationFor(pool: ReservationPool, balances: readonly Balance[]): PooledReservation {
  const key = keyOf(balances);
  const known = pool.reservations.get(key);
  if (known !== undefined) return known;
  const reservation = {
    id: pool.effects.newAttemptId(),
    balances,
    waiting: waitingFor(pool, balances),
    isNew: true,
    freeMicro: 0,
    spentMicro: 0,
    calls: 0,
  };
  pool.reservations.set(key, reservation);
  return reservation;
}

/** The calls that wait for credits of these accounts. */
export function waitingFor({ lines, effects }: ReservationPool, balances: readonly Balance[]): WaitingCalls {
  const key = balances.map(({ account }) => account).join('\n');
  const line = lines.get(key) ?? createWaitingCalls(effects.clock);
  lines.set(key, line);
  return line;
}

export function isScarce({ effects, scarceUntilMs }: ReservationPool): boolean {
  return effects.clock.now() < scarceUntilMs;
}

/** How many calls wait for credits or soon will. */
export function expectedCalls({ invocations }: ReservationPool, { waiting }: PooledReservation): number {
  return [...invocations].reduce((sum, queued) => sum + queued(), waiting.count());
}

/** Credits that are free here and that other processes may wait for. */
export function hasSurplus(pool: ReservationPool, reservation: PooledReservation): boolean {
  if (reservation.freeMicro <= 0 || reservation.waiting.count() > 0) return false;
  return isScarce(pool) || expectedCalls(pool, reservation) === 0;
}

/** One that may not be what this pool thinks: no call begins under it any more, and closing it reads what it is. */
export function dropReservation({ reservations }: ReservationPool, reservation: PooledReservation): void {
  reservation.freeMicro = 0;
  reservation.spentMicro = 0;
  const key = keyOf(reservation.balances);
  if (reservations.get(key) === reservation) reservations.delete(key);
}

/** Limits are part of it: with another limit, another reservation. */
function keyOf(balances: readonly Balance[]): string {
  return JSON.stringify(balances.map(({ budget, account }) => [account, budget.limitMicro]));
}
