import { expect, test } from 'vitest';
import { accountAt, batchScope } from '../../../shared/domain/money/budget.ts';
import { closeLostReservations, renewReservation } from '../../../shared/pipeline/money/reservations.ts';
import type { Table } from '../../../shared/pipeline/ports.ts';
import {
  type Reservation,
  reservationToRow,
  rowToReservation,
} from '../../../shared/pipeline/rows/reservation-row.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { BATCH } from '../../support/specimens.ts';
import { NOON_MS } from '../../support/test-clock.ts';

const LOST: Reservation = {
  id: 'worker-1',
  accounts: [accountAt(batchScope(BATCH), NOON_MS)],
  heldMicro: 100,
  openMicro: 100,
  spentMicro: 0,
  state: 'open',
  expiresAtMs: NOON_MS,
};

test('credits of a worker that renews them while a sweep takes it for dead stay reserved', async () => {
  const table = memoryTable();
  await table.write([{ kind: 'put', row: reservationToRow(LOST) }]);
  let hasRenewed = false;
  const write: Table['write'] = async (writes) => {
    if (!hasRenewed) {
      hasRenewed = true;
      const renewed = { ...LOST, expiresAtMs: NOON_MS + 120_000 };
      await renewReservation(table, renewed, { spentMicro: 0, surplusMicro: 0 });
    }
    return await table.write(writes);
  };

  await closeLostReservations({ table: { ...table, write } }, NOON_MS);

  expect(reservationsOf(table)).toMatchObject([{ state: 'open', heldMicro: 100 }]);
});

test('credits of a worker that died are returned, but for those of its open calls', async () => {
  const table = memoryTable();
  await table.write([{ kind: 'put', row: reservationToRow({ ...LOST, heldMicro: 150 }) }]);

  await closeLostReservations({ table }, NOON_MS);

  expect(reservationsOf(table)).toMatchObject([{ state: 'closing', heldMicro: 100 }]);
});

function reservationsOf(table: ReturnType<typeof memoryTable>): Reservation[] {
  return [...table.rows()].filter(({ pk }) => pk.startsWith('HOLD#')).map(rowToReservation);
}
