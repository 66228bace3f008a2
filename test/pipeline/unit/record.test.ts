import { expect, test } from 'vitest';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { providersOf } from '../../../shared/domain/configuration/providers.ts';
import { priceList } from '../../../shared/domain/money/prices.ts';
import { recordImage } from '../../../shared/pipeline/image/record.ts';
import { attemptOf } from '../../../shared/pipeline/money/attempt.ts';
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

test('an image that comes after another attempt’s has ended the item is recorded as a duplicate, though it was stored under another name', async () => {
  const table = memoryTable();
  const row = newItemRow({ id: BATCH }, specOf(1), CONTENT, { kind: 'queued', notBeforeMs: NOON_MS });
  const first = attemptIdFrom('attempt-first');
  const done = stateFields({ kind: 'done', image: IMAGE, attempt: first });
  await table.write([{ kind: 'put', row: { ...row, ...done } }]);
  const late = attemptIdFrom('attempt-late');
  const attempt = attemptOf(
    { models: modelCatalog(), prices: priceList(), providers: providersOf({}) },
    rowToItem(row),
    {
      attempt: late,
      startedAtMs: NOON_MS,
    },
  );
  const charge = chargeOf('image', { attempt: late });
  const image = { ...IMAGE, key: `images/${BATCH}/0001-a-fox.jpg`, type: 'image/jpeg' } as const;

  await recordImage(recorder(table), attempt, { image, charge });

  const charges = [...table.rows()].filter(({ pk }) => pk.startsWith('CHARGES#')).map(rowToCharge);
  expect(charges).toMatchObject([
    { attempt: late, outcome: 'duplicate', images: 0, creditsMicro: charge.creditsMicro },
  ]);
  expect(await table.get(itemKey(attempt.item))).toMatchObject({ state: 'done', attempt: first });
});

function recorder(table: ReturnType<typeof memoryTable>) {
  const nothing = () => undefined;
  const log = { info: nothing, warn: nothing, error: nothing };
  const clock = { now: () => NOON_MS, sleep: async () => undefined };
  return { table, store: memoryStore(clock), log, notify: nothing, clock };
}
