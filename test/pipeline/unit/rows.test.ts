import { describe, expect, test } from 'vitest';
import type { ItemState } from '../../../shared/domain/item/item.ts';
import { chargeKey, chargeToRow, rowToCharge } from '../../../shared/pipeline/rows/charge-row.ts';
import { addToCost, rollUpOf } from '../../../shared/pipeline/rows/cost-row.ts';
import { RowError } from '../../../shared/pipeline/rows/fields.ts';
import { itemKey, newItemRow, rowToItem, stateFields } from '../../../shared/pipeline/rows/item-row.ts';
import { attemptIdFrom, BATCH, CONTENT, chargeOf, specOf } from '../../support/specimens.ts';

describe('the row of an item', () => {
  const attempt = attemptIdFrom('attempt-0001');
  const image = {
    key: 'images/b/x.png',
    sha256: 'ab',
    bytes: 10,
    type: 'image/png',
    width: 1024,
    height: 1024,
    extras: [],
  } as const;
  const states: ItemState[] = [
    { kind: 'queued', notBeforeMs: 5 },
    { kind: 'working', lease: { attempt, startedAtMs: 1, untilMs: 2 } },
    { kind: 'done', image, attempt },
    { kind: 'reused', image, madeFor: { batch: BATCH, row: 3, variant: 2 } },
    { kind: 'failed', code: 'blocked', message: 'no', text: 'I cannot' },
    { kind: 'failed', code: 'crashed', message: 'died' },
  ];

  test.each(states)('says $kind, and nothing else, whatever it said before', (state) => {
    const row = newItemRow({ id: BATCH }, specOf(7), CONTENT, { kind: 'queued', notBeforeMs: 1_000 });

    const rows = states.map((before) => ({ ...row, ...stateFields(before), ...stateFields(state) }));

    for (const each of rows) expect(rowToItem(withoutUndefined(each)).state).toEqual(state);
  });

  test('sorts as its row and variant do, also from 9 to 10', () => {
    const [nine, ten] = [9, 10].map((variant) => itemKey({ batch: BATCH, row: 1, variant }).sk);

    expect(String(nine) < String(ten)).toBe(true);
    expect(
      itemKey({ batch: BATCH, row: 99, variant: 1 }).sk < itemKey({ batch: BATCH, row: 100, variant: 1 }).sk,
    ).toBe(true);
  });

  test("that can't be read names its key and the first wrong field, and not its contents", () => {
    const row = {
      ...newItemRow({ id: BATCH }, specOf(7), CONTENT, { kind: 'queued', notBeforeMs: 0 }),
      prompt: 12,
    };

    expect(() => rowToItem(row)).toThrow(RowError);
    expect(() => rowToItem(row)).toThrow(/ITEM#000000007#0000001 is not readable at prompt$/);
  });
});

describe('the row of a charge', () => {
  test('brings the charge back as it was', () => {
    for (const charge of [chargeOf('image'), chargeOf('unknown', { usage: undefined })]) {
      expect(rowToCharge(chargeToRow(charge))).toEqual(charge);
    }
  });

  test('is one and the same for an attempt, whatever became of it', () => {
    expect(chargeKey(chargeOf('unknown'))).toEqual(chargeKey(chargeOf('image')));
  });
});

describe('a roll-up', () => {
  test('gets back to nothing when a charge is taken out again', () => {
    const charge = chargeOf('unknown', { creditsMicro: 0 });
    const [into, out] = [addToCost(charge), addToCost(charge, -1)];
    if (into.kind !== 'update' || out.kind !== 'update') throw new Error('roll-ups are updated');

    expect(out.key).toEqual(into.key);
    for (const [name, value] of Object.entries(into.add ?? {}))
      expect((out.add?.[name] ?? 0) + value).toBe(0);
  });

  test('counts credits without an image as waste, and possible ones as unknown', () => {
    expect(rollUpOf(chargeOf('image')).amounts).toMatchObject({
      images: 1,
      wasteMicro: 0,
      unknownMaxMicro: 0,
    });
    expect(rollUpOf(chargeOf('duplicate')).amounts).toMatchObject({ images: 0, wasteMicro: 69_253_500 });
    expect(rollUpOf(chargeOf('unknown', { creditsMicro: 0 })).amounts).toMatchObject({
      wasteMicro: 0,
      unknownMaxMicro: 108_184_500,
    });
  });
});

function withoutUndefined<Row extends object>(row: Row): Row {
  return JSON.parse(JSON.stringify(row));
}
