import { type AccountSums, type Budget, roomFor } from '../../domain/money/budget.ts';
import type { BudgetReached } from '../money/budget-pause.ts';
import { readAccount } from '../money/budgets.ts';
import { RESERVATION_MS, reserveCredits } from '../money/reservations.ts';
import { closeUnused, handOver, keepRenewing } from './hand-over.ts';
import {
  dropReservation,
  isScarce,
  type PooledReservation,
  type ReservationPool,
} from './reservation-pool.ts';

/** Why there are no credits now; `reserved`: other calls have them. */
type Shortage = { readonly kind: 'reserved' } | BudgetReached;

const RESERVED: Shortage = { kind: 'reserved' };
/** How long credits count as scarce. */
const SCARCE_MS = 30_000;

/** Reserves for so many calls at once, or at least for the one that asks. */
export async function fill(
  pool: ReservationPool,
  reservation: PooledReservation,
  needMicro: number,
  calls: number,
): Promise<Shortage | undefined> {
  const { freeMicro } = reservation;
  const wantsMore = calls > 1 && !isScarce(pool);
  if (wantsMore && (await add(pool, reservation, needMicro * calls - freeMicro))) return undefined;
  if (wantsMore) noteScarce(pool);
  if (await add(pool, reservation, needMicro - reservation.freeMicro)) return undefined;
  noteScarce(pool);
  // The limit may have changed: the next one reads it.
  pool.book.forget();
  for (const each of pool.reservations.values()) await handOver(pool, each, each.freeMicro);
  for (const { budget, account } of reservation.balances) {
    const shortage = shortageOf(pool, needMicro, budget, await readAccount(pool.effects.table, account));
    if (shortage !== undefined) return shortage;
  }
  if (await add(pool, reservation, needMicro)) return undefined;
  await closeUnused(pool);
  return RESERVED;
}

function noteScarce(pool: ReservationPool): void {
  pool.scarceUntilMs = pool.effects.clock.now() + SCARCE_MS;
}

function shortageOf(
  { effects }: ReservationPool,
  needMicro: number,
  budget: Budget,
  sums: AccountSums,
): Shortage | undefined {
  const room = roomFor(needMicro, budget.limitMicro, sums);
  switch (room.kind) {
    case 'room':
      return undefined;
    case 'reserved':
      return RESERVED;
    case 'reached':
      return {
        kind: 'reached',
        budget,
        atMs: effects.clock.now(),
        needMicro,
        spentMicro: sums.spentMicro,
      };
  }
}

/** False if the balances have no room, or the reservation is closed. */
async function add(pool: ReservationPool, reservation: PooledReservation, micro: number): Promise<boolean> {
  const { id, isNew, balances } = reservation;
  const { table, clock } = pool.effects;
  pool.written.add(reservation);
  void keepRenewing(pool);
  try {
    const terms = { id, isNew, expiresAtMs: clock.now() + RESERVATION_MS };
    const result = await reserveCredits(table, terms, balances, micro);
    if (result === 'gone') dropReservation(pool, reservation);
    if (result !== 'reserved') return false;
  } catch (error) {
    dropReservation(pool, reservation);
    throw error;
  }
  reservation.isNew = false;
  reservation.freeMicro += micro;
  return true;
}
