import * as z from 'zod/mini';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { budgetAccount, count, type Fields, parseRow } from './fields.ts';
import { shardOfText } from './shards.ts';

/** Credits that an invocation reserved. `openMicro` is for calls in progress; `spentMicro` is spent, not yet in the balances. */
export interface Reservation {
  readonly id: string;
  readonly accounts: readonly BudgetAccount[];
  readonly heldMicro: number;
  readonly openMicro: number;
  readonly spentMicro: number;
  /** No call starts under a `closing` reservation; open calls keep their credits until settled. */
  readonly state: 'open' | 'closing';
  readonly expiresAtMs: number;
}

const reservationRow = z.object({
  id: z.string(),
  accounts: z.array(budgetAccount),
  heldMicro: z.int(),
  openMicro: z.int(),
  spentMicro: z.int(),
  state: z.enum(['open', 'closing']),
  expiresAtMs: count,
} satisfies Fields<Reservation>);

export function reservationsPartition(shard: number): string {
  return `HOLD#${shard}`;
}

export function reservationKey(id: string): TableKey {
  return { pk: reservationsPartition(shardOfText(id)), sk: id };
}

export function reservationToRow(reservation: Reservation): TableRow {
  return { ...reservationKey(reservation.id), ...reservation };
}

export function rowToReservation(row: TableRow): Reservation {
  return parseRow(reservationRow, row);
}
