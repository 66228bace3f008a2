import pLimit from 'p-limit';
import type { Effects } from '../effects.ts';
import type { BatchBook } from '../money/batch-book.ts';
import type { Balance } from '../money/budgets.ts';
import { createWaitingCalls, type WaitingCalls } from './waiting-calls.ts';

/** A pool's reservation for all calls with the same balances. */
export interface PooledReservation {
  readonly id: string;
  readonly balances: readonly Balance[];
  readonly waiting: WaitingCalls;
  isNew: boolean;
  freeMicro: number;
  spentMicro: number;
  calls: number;
}

/** What one process has reserved, and what waits for it. */
export interface ReservationPool {
  readonly effects: Effects;
  readonly book: BatchBook;
  /** Those under which calls may start, by their balances and limits. */
  readonly reservations: Map<string, PooledReservation>;
  /** All that may be in the table and must be closed. */
  readonly written: Set<PooledReservation>;
  /** Balances of budgets that only report. */
  readonly watched: Map<string, Balance>;
  /** By balances. */
  readonly lines: Map<string, WaitingCalls>;
  /** For each invocation, how many of its calls will still ask for credits. */
  readonly invocations: Set<() => number>;
  /** Until then credits were short: nothing is reserved ahead. */
  scarceUntilMs: number;
  /** A surplus is about to be released. */
  isReturning: boolean;
  ended: AbortController;
  /** The invocations whose reservations are renewed. */
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

/** The pool's reservation for these balances, or a new empty one. */
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

export function waitingFor({ lines, effects }: ReservationPool, balances: readonly Balance[]): WaitingCalls {
  const key = balances.map(({ account }) => account).join('\n');
  const line = lines.get(key) ?? createWaitingCalls(effects.clock);
  lines.set(key, line);
  return line;
}

export function isScarce({ effects, scarceUntilMs }: ReservationPool): boolean {
  return effects.clock.now() < scarceUntilMs;
}

/** Calls that wait for credits or soon will. */
export function expectedCalls({ invocations }: ReservationPool, { waiting }: PooledReservation): number {
  return [...invocations].reduce((sum, queued) => sum + queued(), waiting.count());
}

/** Free credits here that other processes may wait for. */
export function hasSurplus(pool: ReservationPool, reservation: PooledReservation): boolean {
  if (reservation.freeMicro <= 0 || reservation.waiting.count() > 0) return false;
  return isScarce(pool) || expectedCalls(pool, reservation) === 0;
}

/** A reservation that may differ from the table: no call starts under it, and closing it reads it. */
export function dropReservation({ reservations }: ReservationPool, reservation: PooledReservation): void {
  reservation.freeMicro = 0;
  reservation.spentMicro = 0;
  const key = keyOf(reservation.balances);
  if (reservations.get(key) === reservation) reservations.delete(key);
}

/** With another limit, another reservation. */
function keyOf(balances: readonly Balance[]): string {
  return JSON.stringify(balances.map(({ budget, account }) => [account, budget.limitMicro]));
}
