import { type AccountSums, type Budget, roomFor } from '../../domain/money/budget.ts';
import type { Effects } from '../effects.ts';
import { type Balance, type BudgetBook, readAccount } from './budgets.ts';
import { RESERVATION_MS, renewReservation, reserveCredits } from './reservations.ts';

/** Not even all that is reserved would do: the batch waits for you, or for the next day or month. */
export interface BudgetReached {
  readonly kind: 'reached';
  readonly budget: Budget;
  readonly atMs: number;
  readonly needMicro: number;
  readonly spentMicro: number;
}

/** Why there are no credits for a call now. */
export type Shortage = { readonly kind: 'wait'; readonly waitMs: number } | BudgetReached;

/** One reservation of a pool, for all calls that draw on the same accounts. */
export interface PooledReservation {
  readonly id: string;
  readonly balances: readonly Balance[];
  isNew: boolean;
  freeMicro: number;
  spentMicro: number;
}

/** The reservations of one invocation, by the accounts that they draw on. */
export interface ReservationPool {
  readonly effects: Pick<Effects, 'table' | 'clock' | 'random' | 'newAttemptId'>;
  readonly book: BudgetBook;
  /** How many calls may be about to begin, the one that asks included. */
  readonly expected: () => number;
  readonly reservations: Map<string, PooledReservation>;
  /** All that may be in the table, by id: what has to be closed. */
  readonly written: Map<string, readonly Balance[]>;
}

/** Reserved credits return when calls end, which takes seconds. */
const RESERVED_WAIT_MS = 5_000;

/** The pool's reservation for these balances: the one there is, or a new one that holds nothing yet. */
export function reservationFor(pool: ReservationPool, balances: readonly Balance[]): PooledReservation {
  const key = keyOf(balances);
  const known = pool.reservations.get(key);
  if (known !== undefined) return known;
  const id = pool.effects.newAttemptId();
  const reservation = { id, balances, isNew: true, freeMicro: 0, spentMicro: 0 };
  pool.reservations.set(key, reservation);
  return reservation;
}

/** Reserves for all calls that may be about to begin; if there is no room for them, for as many as there is. */
export async function fill(
  pool: ReservationPool,
  reservation: PooledReservation,
  needMicro: number,
): Promise<Shortage | undefined> {
  const calls = Math.max(1, pool.expected());
  if (await add(pool, reservation, needMicro * calls - reservation.freeMicro)) return undefined;
  for (const each of pool.reservations.values()) await handOver(pool, each, each.freeMicro);
  const accounts = await Promise.all(
    reservation.balances.map(({ account }) => readAccount(pool.effects.table, account)),
  );
  let roomMicro = Number.POSITIVE_INFINITY;
  for (const [index, sums] of accounts.entries()) {
    const budget = reservation.balances[index]?.budget;
    if (budget === undefined) continue;
    const shortage = shortageOf(pool, needMicro, budget, sums);
    if (shortage !== undefined) return shortage;
    roomMicro = Math.min(roomMicro, budget.limitMicro - sums.spentMicro - sums.heldMicro);
  }
  const fitting = Math.min(Math.max(1, pool.expected()), Math.floor(roomMicro / needMicro));
  const isFilled = await add(pool, reservation, needMicro * fitting - reservation.freeMicro);
  return isFilled ? undefined : waitForOthers(pool);
}

/** Hands over to the accounts what was spent, returns a surplus, and renews what is left. */
export async function handOver(
  pool: ReservationPool,
  reservation: PooledReservation,
  surplusMicro: number,
): Promise<void> {
  if (reservation.isNew) return;
  const { id, spentMicro } = reservation;
  reservation.freeMicro -= surplusMicro;
  reservation.spentMicro -= spentMicro;
  const { table, clock } = pool.effects;
  try {
    const accounts = reservation.balances.map(({ account }) => account);
    const renewed = { id, accounts, expiresAtMs: clock.now() + RESERVATION_MS };
    if ((await renewReservation(table, renewed, { spentMicro, surplusMicro })) === 'gone') {
      forget(pool, reservation);
    }
  } catch (error) {
    forget(pool, reservation);
    throw error;
  }
}

function shortageOf(
  pool: ReservationPool,
  needMicro: number,
  budget: Budget,
  sums: AccountSums,
): Shortage | undefined {
  const room = roomFor(needMicro, budget.limitMicro, sums);
  switch (room.kind) {
    case 'room':
      return undefined;
    case 'held':
      return waitForOthers(pool);
    case 'reached':
      // The limit may be another by now: whoever asks next reads it.
      pool.book.forget();
      return {
        kind: 'reached',
        budget,
        atMs: pool.effects.clock.now(),
        needMicro,
        spentMicro: sums.spentMicro,
      };
  }
}

function waitForOthers({ book, effects }: ReservationPool): Shortage {
  book.forget();
  return { kind: 'wait', waitMs: Math.round(RESERVED_WAIT_MS * (1 + effects.random())) };
}

/** False if the balances have no room for so much, or the reservation is closed. */
async function add(pool: ReservationPool, reservation: PooledReservation, micro: number): Promise<boolean> {
  const { id, isNew, balances } = reservation;
  const { table, clock } = pool.effects;
  pool.written.set(id, balances);
  try {
    const terms = { id, isNew, expiresAtMs: clock.now() + RESERVATION_MS };
    const result = await reserveCredits(table, terms, balances, micro);
    if (result === 'gone') forget(pool, reservation);
    if (result !== 'held') return false;
  } catch (error) {
    forget(pool, reservation);
    throw error;
  }
  reservation.isNew = false;
  reservation.freeMicro += micro;
  return true;
}

/** One that may not be what this pool thinks: no call begins under it any more, and closing it reads what it is. */
function forget({ reservations }: ReservationPool, reservation: PooledReservation): void {
  reservation.freeMicro = 0;
  reservation.spentMicro = 0;
  const key = keyOf(reservation.balances);
  if (reservations.get(key) === reservation) reservations.delete(key);
}

/** Limits are part of it: with another limit, another reservation. */
function keyOf(balances: readonly Balance[]): string {
  return JSON.stringify(balances.map(({ budget, account }) => [account, budget.limitMicro]));
}
