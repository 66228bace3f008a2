import { expect, test } from 'vitest';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { providersOf } from '../../../shared/domain/configuration/providers.ts';
import { priceList } from '../../../shared/domain/money/prices.ts';
import { recordImage } from '../../../shared/pipeline/image/record.ts';
import { attemptOf } from '../../../shared/pipeline/money/attempt.ts';
import type { Table } from '../../../shared/pipeline/ports.ts';
import { rowToCharge } from '../../../shared/pipeline/rows/charge-row.ts';
import { itemKey, newItemRow, rowToItem, stateFields } from '../../../shared/pipeline/rows/item-row.ts';
import { memoryStore } from '../../simulation/memory/memory-store.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { attemptIdFrom, BATCH, CONTENT, chargeOf, specOf } from '../../support/specimens.ts';
import { NOON_MS } from '../../support/test-clock.ts';

const IMAGE = {
  key: `images/${BATCH}/0001-a-fox.png`,
  sha256: '00',
  bytes: 1,
  type: 'image/png',
  width: 1,
  height: 1,
  extras: [],
} as const;

const FIRST = attemptIdFrom('attempt-first');
const LATE = attemptIdFrom('attempt-late');
const DONE = stateFields({ kind: 'done', image: IMAGE, attempt: FIRST });
const ROW = newItemRow({ id: BATCH }, specOf(1), CONTENT, { kind: 'queued', notBeforeMs: NOON_MS });
const DUPLICATE = { attempt: LATE, outcome: 'duplicate', images: 0 };

test('an image that comes after another attempt’s has ended the item is recorded as a duplicate, though it was stored under another name', async () => {
  const table = memoryTable();
  await table.write([{ kind: 'put', row: { ...ROW, ...DONE } }]);

  const { charge, attempt } = await recordLate(table);

  expect(chargesOf(table)).toMatchObject([{ ...DUPLICATE, creditsMicro: charge.creditsMicro }]);
  expect(await table.get(itemKey(attempt.item))).toMatchObject({ state: 'done', attempt: FIRST });
});

test('so is one whose item another attempt ends in the moment in which it is recorded', async () => {
  const lease = { attempt: FIRST, startedAtMs: NOON_MS, untilMs: NOON_MS + 90_000 };
  const table = memoryTable();
  await table.write([{ kind: 'put', row: { ...ROW, ...stateFields({ kind: 'working', lease }) } }]);
  let tries = 0;
  const ended: Table = {
    ...table,
    write: async (writes) => {
      if (writes.some((write) => write.kind === 'put' && write.row.pk.startsWith('CHARGES#'))) tries += 1;
      // The first is refused, for the item is another's; the second is the charge alone.
      if (tries === 2) await table.write([{ kind: 'put', row: { ...ROW, ...DONE } }]);
      return await table.write(writes);
    },
  };

  await recordLate(ended);

  expect(chargesOf(table)).toMatchObject([DUPLICATE]);
});

/** Records the image of an attempt that has lost its item. */
async function recordLate(table: Table) {
  const attempt = attemptOf(
    { models: modelCatalog(), prices: priceList(), providers: providersOf({}) },
    rowToItem(ROW),
    { attempt: LATE, startedAtMs: NOON_MS },
  );
  const charge = chargeOf('image', { attempt: LATE });
  const image = { ...IMAGE, key: `images/${BATCH}/0001-a-fox.jpg`, type: 'image/jpeg' } as const;
  await recordImage(recorder(table), attempt, { image, charge });
  return { attempt, charge };
}

function chargesOf(table: ReturnType<typeof memoryTable>) {
  return [...table.rows()].filter(({ pk }) => pk.startsWith('CHARGES#')).map(rowToCharge);
}

function recorder(table: Table) {
  const nothing = () => undefined;
  const log = { info: nothing, warn: nothing, error: nothing };
  const clock = { now: () => NOON_MS, sleep: async () => undefined };
  return { table, store: memoryStore(clock), log, notify: nothing, clock };
}
