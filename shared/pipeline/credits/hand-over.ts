import { warnIfNearlySpent } from '../money/budget-warning.ts';
import { closeReservation, RESERVATION_MS, renewReservation } from '../money/reservations.ts';
import {
  dropReservation,
  expectedCalls,
  hasSurplus,
  type PooledReservation,
  type ReservationPool,
} from './reservation-pool.ts';

/** Unused credits are released after so long: calls that end together are one write. */
const RETURN_MS = 1_000;
const RENEW_EVERY_MS = RESERVATION_MS / 4;

/** Moves spent credits to the balances, releases a surplus, and renews the rest. */
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
      dropReservation(pool, reservation);
    }
  } catch (error) {
    dropReservation(pool, reservation);
    throw error;
  }
}

/** Closes reservations without calls that are no longer offered. */
export async function closeUnused({ effects, reservations, written }: ReservationPool): Promise<void> {
  const used = new Set(reservations.values());
  for (const reservation of [...written].filter((each) => each.calls === 0 && !used.has(each))) {
    await closeReservation(effects.table, reservation.id);
    written.delete(reservation);
  }
}

/** Joins an invocation to a pool; returns how to leave. */
export function join(pool: ReservationPool, queued: () => number): () => Promise<void> {
  if (pool.invocations.size === 0) pool.ended = new AbortController();
  pool.invocations.add(queued);
  return async () => {
    pool.invocations.delete(queued);
    if (pool.invocations.size > 0) return;
    pool.ended.abort();
    await pool.oneAtATime(async () => {
      // Another may have joined meanwhile.
      if (pool.invocations.size === 0) await closeAll(pool);
    });
  };
}

/** Renews until the last invocation has ended, so that the reservations don't count as a dead worker's. */
export async function keepRenewing(pool: ReservationPool): Promise<void> {
  const { signal } = pool.ended;
  if (pool.renewing === signal) return;
  pool.renewing = signal;
  for (;;) {
    await pool.effects.clock.sleep(RENEW_EVERY_MS, signal);
    if (signal.aborted) return;
    await untroubled(pool, () => renew(pool));
  }
}

/** Releases free credits a moment later, if no call here waits for them. */
export async function releaseSoon(pool: ReservationPool): Promise<void> {
  if (pool.isReturning) return;
  pool.isReturning = true;
  const { signal } = pool.ended;
  await pool.effects.clock.sleep(RETURN_MS, signal);
  pool.isReturning = false;
  if (signal.aborted) return;
  await untroubled(pool, async () => {
    for (const each of [...pool.reservations.values()]) {
      if (hasSurplus(pool, each)) await handOver(pool, each, each.freeMicro);
    }
  });
}

async function closeAll(pool: ReservationPool): Promise<void> {
  const balances = balancesIn(pool);
  pool.reservations.clear();
  for (const [key, line] of pool.lines) if (line.count() === 0) pool.lines.delete(key);
  await closeUnused(pool);
  await warnIfNearlySpent(pool.effects, balances);
}

async function renew(pool: ReservationPool): Promise<void> {
  for (const each of [...pool.reservations.values()]) {
    await handOver(pool, each, expectedCalls(pool, each) > 0 ? 0 : each.freeMicro);
  }
  await closeUnused(pool);
  await warnIfNearlySpent(pool.effects, balancesIn(pool));
}

/** Errors here end no call; closing fixes them. */
async function untroubled(pool: ReservationPool, act: () => Promise<void>): Promise<void> {
  try {
    await pool.oneAtATime(act);
  } catch (error) {
    pool.effects.log.error('reserved credits could not be renewed or returned', error);
  }
}

/** Each balance once. */
function balancesIn({ written, watched }: ReservationPool) {
  const balances = [...watched.values(), ...[...written].flatMap((each) => each.balances)];
  return [...new Map(balances.map((balance) => [balance.account, balance])).values()];
}
