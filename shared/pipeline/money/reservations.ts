import type { ReservedCredits } from '../../domain/item/item.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import type { Effects } from '../effects.ts';
import type { Condition, Table, TableWrite } from '../ports.ts';
import { accountKey, budgetKey } from '../rows/budget-row.ts';
import {
  type Reservation,
  reservationKey,
  reservationsPartition,
  reservationToRow,
  rowToReservation,
} from '../rows/reservation-row.ts';
import { ALL_SHARDS } from '../rows/shards.ts';
import type { Balance } from './budgets.ts';

/** How long a reservation stands without being renewed; a killed worker's credits return after it. */
export const RESERVATION_MS = 120_000;

const IS_OPEN: Condition = { kind: 'equals', field: 'state', value: 'open' };

/** Reserves credits in every balance or in none (I6). `refused`: no room, or the limit changed; `gone`: it was closed. */
export async function reserveCredits(
  table: Pick<Table, 'write'>,
  reservation: { readonly id: string; readonly isNew: boolean; readonly expiresAtMs: number },
  balances: readonly Balance[],
  micro: number,
): Promise<'reserved' | 'refused' | 'gone'> {
  if (balances.some(({ budget }) => micro > budget.limitMicro)) return 'refused';
  const { id, isNew, expiresAtMs } = reservation;
  const result = await table.write([
    isNew
      ? {
          kind: 'put',
          row: reservationToRow(newReservation(id, balances, micro, expiresAtMs)),
          onlyIf: { kind: 'absent' },
        }
      : {
          kind: 'update',
          key: reservationKey(id),
          set: { expiresAtMs },
          add: { heldMicro: micro },
          onlyIf: IS_OPEN,
        },
    ...balances.flatMap((balance) => drawOn(balance, micro)),
  ]);
  if (result.kind === 'written') return 'reserved';
  return result.indexes.includes(0) ? 'gone' : 'refused';
}

/** Hands over to the accounts what was spent under a reservation, returns what it does not need, and renews it. */
export async function renewReservation(
  table: Pick<Table, 'write'>,
  reservation: Pick<Reservation, 'id' | 'accounts' | 'expiresAtMs'>,
  { spentMicro, surplusMicro }: { readonly spentMicro: number; readonly surplusMicro: number },
): Promise<'reserved' | 'gone'> {
  const result = await table.write([
    {
      kind: 'update',
      key: reservationKey(reservation.id),
      set: { expiresAtMs: reservation.expiresAtMs },
      add: { heldMicro: -(spentMicro + surplusMicro), spentMicro: -spentMicro },
      onlyIf: IS_OPEN,
    },
    ...handOver(reservation.accounts, spentMicro, surplusMicro),
  ]);
  return result.kind === 'written' ? 'reserved' : 'gone';
}

/** The writes of a call's beginning and end under its reservation, for the transaction that says so of its item. */
export function callBeginWrite({ id, micro }: ReservedCredits): TableWrite {
  return { kind: 'update', key: reservationKey(id), add: { openMicro: micro }, onlyIf: IS_OPEN };
}

export function callEndWrite({ id, micro }: ReservedCredits, spentMicro: number): TableWrite {
  const add = { openMicro: -micro, spentMicro };
  return { kind: 'update', key: reservationKey(id), add, onlyIf: { kind: 'present' } };
}

/** Counts in accounts what no reservation stands for: a correction, or a call that began before the budget was set. */
export function unreservedWrites(accounts: readonly BudgetAccount[], micro: number): TableWrite[] {
  if (micro === 0) return [];
  return accounts.map((account) => ({ kind: 'update', key: accountKey(account), add: { usedMicro: micro } }));
}

/**
 * Closes a reservation: charges what was spent, releases the rest. Calls in progress keep theirs. Safe to repeat. Another's is
 * closed only if it was not renewed: `expiredByMs`.
 */
export async function closeReservation(
  table: Pick<Table, 'get' | 'write'>,
  id: string,
  expiredByMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (;;) {
    const row = await table.get(reservationKey(id));
    if (row === undefined) return;
    const reservation = rowToReservation(row);
    const { heldMicro, openMicro, spentMicro, accounts, state } = reservation;
    if (standsAt(reservation, expiredByMs)) return;
    const surplusMicro = heldMicro - openMicro - spentMicro;
    if (openMicro > 0 && surplusMicro === 0 && spentMicro === 0 && state === 'closing') return;
    const result = await table.write([
      openMicro === 0
        ? { kind: 'delete', key: reservationKey(id), onlyIf: isAsRead(reservation) }
        : {
            kind: 'update',
            key: reservationKey(id),
            set: { state: 'closing' },
            add: { heldMicro: -(surplusMicro + spentMicro), spentMicro: -spentMicro },
            onlyIf: isAsRead(reservation),
          },
      ...handOver(accounts, spentMicro, surplusMicro),
    ]);
    if (result.kind === 'written') return;
  }
}

/** Closes the holds whose worker is gone: those that were not renewed until then, and those that wait for open calls. */
export async function closeLostReservations(
  { table }: Pick<Effects, 'table'>,
  expiredByMs: number,
): Promise<number> {
  const closed = await Promise.all(
    ALL_SHARDS.map(async (shard) => {
      let count = 0;
      for await (const row of table.query({ pk: reservationsPartition(shard) })) {
        const reservation = rowToReservation(row);
        if (standsAt(reservation, expiredByMs)) continue;
        await closeReservation(table, reservation.id, expiredByMs);
        count += 1;
      }
      return count;
    }),
  );
  return closed.reduce((sum, count) => sum + count, 0);
}

function standsAt({ state, expiresAtMs }: Reservation, atMs: number): boolean {
  return state === 'open' && expiresAtMs > atMs;
}

function newReservation(
  id: string,
  balances: readonly Balance[],
  heldMicro: number,
  expiresAtMs: number,
): Reservation {
  const accounts = balances.map(({ account }) => account);
  return { id, accounts, heldMicro, openMicro: 0, spentMicro: 0, state: 'open', expiresAtMs };
}

function drawOn({ budget, account }: Balance, micro: number): TableWrite[] {
  const { scope, limitMicro } = budget;
  const hasRoom: Condition = {
    kind: 'any',
    of: [{ kind: 'absent' }, { kind: 'atMost', field: 'usedMicro', value: limitMicro - micro }],
  };
  const limitUnchanged: Condition = {
    kind: 'all',
    of: [{ kind: 'equals', field: 'limitMicro', value: limitMicro }, IS_OPEN],
  };
  return [
    { kind: 'check', key: budgetKey(scope), onlyIf: limitUnchanged },
    {
      kind: 'update',
      key: accountKey(account),
      add: { usedMicro: micro, heldMicro: micro },
      onlyIf: hasRoom,
    },
  ];
}

function handOver(
  accounts: readonly BudgetAccount[],
  spentMicro: number,
  surplusMicro: number,
): TableWrite[] {
  const add = { heldMicro: -(spentMicro + surplusMicro), usedMicro: -surplusMicro };
  return accounts.map((account) => ({ kind: 'update', key: accountKey(account), add }));
}

function isAsRead({ heldMicro, openMicro, spentMicro, expiresAtMs }: Reservation): Condition {
  const fields = { heldMicro, openMicro, spentMicro, expiresAtMs };
  return {
    kind: 'all',
    of: Object.entries(fields).map(([field, value]) => ({ kind: 'equals', field, value })),
  };
}
