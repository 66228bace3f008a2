import { expect, test } from 'vitest';
import { recordLateCharge } from '../../../shared/pipeline/money/ledger.ts';
import { newItemRow, stateFields } from '../../../shared/pipeline/rows/item-row.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { attemptIdFrom, BATCH, CONTENT, chargeOf, specOf } from '../../support/specimens.ts';
import { NOON_MS } from '../../support/test-clock.ts';

const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

test.each([
  ['still holds its item is left to its end, for its credits are held', 'attempt-late', 0],
  ['no longer holds its item is booked', 'attempt-other', 1],
])('a charge of an attempt that %s', async (_, holder, charges) => {
  const table = memoryTable();
  const row = newItemRow({ id: BATCH }, specOf(1), CONTENT, { kind: 'queued', notBeforeMs: NOON_MS });
  const lease = { attempt: attemptIdFrom(holder), startedAtMs: NOON_MS, untilMs: NOON_MS + 90_000 };
  await table.write([{ kind: 'put', row: { ...row, ...stateFields({ kind: 'working', lease }) } }]);

  await recordLateCharge({ table, log: LOG }, chargeOf('image', { attempt: attemptIdFrom('attempt-late') }));

  expect([...table.rows()].filter(({ pk }) => pk.startsWith('CHARGES#'))).toHaveLength(charges);
});

test('a charge that many workers find at the same moment is recorded once, with its roll-up', async () => {
  const table = memoryTable();
  const charge = chargeOf('image', { attempt: attemptIdFrom('attempt-late') });

  await Promise.all(Array.from({ length: 4 }, () => recordLateCharge({ table, log: LOG }, charge)));

  const rollUps = [...table.rows()].filter(({ pk }) => pk.startsWith('COST#'));
  expect(rollUps).toMatchObject([{ attempts: 1, creditsMicro: charge.creditsMicro }]);
});

test('a response that arrives after its batch was pruned still corrects the charge', async () => {
  const table = memoryTable();
  const attempt = attemptIdFrom('attempt-late');
  const answered = chargeOf('image', { attempt });
  await recordLateCharge(
    { table, log: LOG },
    { ...answered, outcome: 'unknown', images: 0, creditsMicro: 0 },
  );

  await recordLateCharge({ table, log: LOG }, answered);

  const [charge, ...others] = [...table.rows()].filter(({ pk }) => pk.startsWith('CHARGES#'));
  expect(others).toEqual([]);
  expect(charge).toMatchObject({ outcome: 'image', creditsMicro: answered.creditsMicro });
  const total = [...table.rows()]
    .filter(({ pk }) => pk.startsWith('COST#'))
    .reduce((sum, row) => sum + Number(row.creditsMicro), 0);
  expect(total).toBe(answered.creditsMicro);
});
