import { describe, expect, test } from 'vitest';
import type { ItemState } from '../../../shared/domain/item/item.ts';
import { attemptEndWrites, ITEM_WRITE } from '../../../shared/pipeline/image/item-writes.ts';
import { itemKey } from '../../../shared/pipeline/rows/item-row.ts';
import { attemptIdFrom, BATCH, chargeOf } from '../../support/specimens.ts';

const attempt = attemptIdFrom('attempt-0001');
const item = { batch: BATCH, row: 1, variant: 1 };
const queued: ItemState = { kind: 'queued', notBeforeMs: 0 };
const failed: ItemState = { kind: 'failed', code: 'blocked', message: 'no' };

describe('the end of an attempt', () => {
  test('with a charge is one transaction: item, charge, roll-up and counters', () => {
    const charge = chargeOf('blocked');

    const writes = attemptEndWrites({ item, attempt, state: failed, charge });

    expect(writes.map(({ kind }) => kind)).toEqual(['update', 'put', 'update', 'update']);
    expect(writes.at(-1)).toMatchObject({
      add: { failed: 1, creditsMicro: charge.creditsMicro, creditsMaxUnknownMicro: 0 },
    });
    expect(writes[ITEM_WRITE]).toMatchObject({
      key: itemKey(item),
      add: { creditsMicro: charge.creditsMicro },
    });
  });

  test('that costs nothing and ends nothing touches the item alone', () => {
    expect(attemptEndWrites({ item, attempt, state: queued })).toHaveLength(1);
  });

  test('that costs nothing and ends the item is counted', () => {
    const writes = attemptEndWrites({ item, attempt, state: failed });

    expect(writes).toHaveLength(2);
    expect(writes[1]).toMatchObject({ add: { failed: 1 } });
  });

  test('happens only while the attempt leases the item; that of another, only after its lease has expired', () => {
    const holds = [
      { kind: 'equals', field: 'state', value: 'working' },
      { kind: 'equals', field: 'attempt', value: attempt },
    ];

    expect(attemptEndWrites({ item, attempt, state: queued })[ITEM_WRITE]?.onlyIf).toEqual({
      kind: 'all',
      of: holds,
    });
    expect(attemptEndWrites({ item, attempt, state: queued, leaseEndedByMs: 5 })[ITEM_WRITE]?.onlyIf).toEqual(
      {
        kind: 'all',
        of: [...holds, { kind: 'atMost', field: 'leaseUntilMs', value: 5 }],
      },
    );
  });
});
