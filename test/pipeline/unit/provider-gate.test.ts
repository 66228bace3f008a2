import { describe, expect, test } from 'vitest';
import type { Failure, FailureCode } from '../../../shared/domain/failure.ts';
import { NO_HISTORY } from '../../../shared/domain/item.ts';
import type { RetryDecision } from '../../../shared/domain/retry.ts';
import type { TableKey, TableRow, TableWrite } from '../../../shared/pipeline/ports.ts';
import { createProviderGate, endPauses, readPauses } from '../../../shared/pipeline/provider-gate.ts';
import { standingClock } from '../../support/test-clock.ts';

const PAUSE = { kind: 'pause', scope: 'provider', hint: 'set a key', history: NO_HISTORY } as const;
const FAIL: RetryDecision = { kind: 'fail', code: 'bad_request', history: NO_HISTORY };

describe('the gate before the provider', () => {
  test('is shut for all models at once by trouble of the whole provider, and for one by its own', async () => {
    const { gate } = gateOver();

    await gate.pause('flash', { ...PAUSE, scope: 'model' }, failure('quota'));
    expect(await gate.pauseOf('pro')).toBeUndefined();
    expect(await gate.pauseOf('flash')).toMatchObject({ model: 'flash', code: 'quota' });

    await gate.pause('flash', PAUSE, failure('auth'));
    expect(await gate.pauseOf('pro')).toMatchObject({ model: '*', code: 'auth', hint: 'set a key' });
  });

  test('believes what it saw for two seconds, and then looks again', async () => {
    const world = gateOver();
    const { gate, clock } = world;
    await gate.pauseOf('flash');
    const other = createProviderGate(world);
    await other.pause('flash', PAUSE, failure('auth'));

    expect(await gate.pauseOf('flash')).toBeUndefined();
    clock.advance(2_000);

    expect(await gate.pauseOf('flash')).toMatchObject({ code: 'auth' });
  });

  test('is open again when a person ends all pauses', async () => {
    const world = gateOver();
    await world.gate.pause('flash', PAUSE, failure('auth'));
    await world.gate.pause('flash', { ...PAUSE, scope: 'model' }, failure('quota'));

    expect(await readPauses(world, ['flash', 'pro'])).toHaveLength(2);
    await endPauses(world, ['flash', 'pro']);

    expect(await readPauses(world, ['flash', 'pro'])).toEqual([]);
    expect(await createProviderGate(world).pauseOf('flash')).toBeUndefined();
  });

  test.each([
    ['bad_request', 3],
    ['lost_image', 2],
  ] as const)('takes %s, %i times running, as everybody’s trouble', (code, limit) => {
    const { gate } = gateOver();

    const kinds = Array.from({ length: limit }, () => gate.judge('flash', failure(code), FAIL).kind);

    expect(kinds).toEqual([...Array(limit - 1).fill('fail'), 'pause']);
  });

  test.each([
    ['an image', (gate: Gate) => gate.succeeded('flash')],
    ['another failure', (gate: Gate) => void gate.judge('flash', failure('blocked'), FAIL)],
  ])('begins to count anew after %s', (_, between) => {
    const { gate } = gateOver();

    for (let row = 0; row < 6; row++) {
      expect(gate.judge('flash', failure('bad_request'), FAIL).kind).toBe('fail');
      if (row % 2 === 1) between(gate);
    }
  });

  test('counts each model by itself', () => {
    const { gate } = gateOver();

    for (let row = 0; row < 2; row++) {
      expect(gate.judge('flash', failure('bad_request'), FAIL).kind).toBe('fail');
      expect(gate.judge('pro', failure('bad_request'), FAIL).kind).toBe('fail');
    }
  });

  test('never counts failures of many rows that the contract leaves to each row', () => {
    const { gate } = gateOver();

    const kinds = Array.from({ length: 20 }, () => gate.judge('flash', failure('blocked'), FAIL).kind);

    expect(new Set(kinds)).toEqual(new Set(['fail']));
  });
});

type Gate = ReturnType<typeof createProviderGate>;

function gateOver() {
  const clock = standingClock();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const table = fakeTable();
  const notify = () => undefined;
  return { clock, log, table, notify, gate: createProviderGate({ clock, log, table, notify }) };
}

function failure(code: FailureCode): Failure {
  return { code, message: code, reach: 'refused' };
}

/** Puts, deletes and gets, without conditions. */
function fakeTable() {
  const rows = new Map<string, TableRow>();
  const nameOf = ({ pk, sk }: TableKey) => `${pk} ${sk}`;
  return {
    get: async (key: TableKey) => rows.get(nameOf(key)),
    query: () => {
      throw new Error('a gate does not query');
    },
    write: async (writes: readonly TableWrite[]) => {
      for (const write of writes) {
        if (write.kind === 'put') rows.set(nameOf(write.row), write.row);
        if (write.kind === 'delete') rows.delete(nameOf(write.key));
      }
      return { kind: 'written' as const };
    },
  };
}
