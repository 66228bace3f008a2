import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Failure, FailureCode } from '../../../shared/domain/calls/failure.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { providersOf } from '../../../shared/domain/configuration/providers.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import { type ItemHistory, type ItemState, NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { decideAfterFailure, type RetryDecision } from '../../../shared/domain/item/retry.ts';
import type { TableKey, TableQuery, TableRow, TableWrite } from '../../../shared/pipeline/ports.ts';
import { createProviderGate } from '../../../shared/pipeline/rate/provider-gate.ts';
import { endPauses, readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { IMPATIENT } from '../../../shared/pipeline/rate/rate-limiter.ts';
import { standingClock } from '../../support/test-clock.ts';

const PAUSE = { kind: 'pause', scope: 'provider', hint: 'set a key', history: NO_HISTORY } as const;
const [PRO, FLASH] = ['gemini-3-pro-image-preview', 'gemini-3.1-flash-image-preview'];
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

  test('caches its state for two seconds, and then reads again', async () => {
    const world = gateOver();
    const { gate, clock } = world;
    await gate.pauseOf('flash');
    const other = createProviderGate(world);
    await other.pause('flash', PAUSE, failure('auth'));

    expect(await gate.pauseOf('flash')).toBeUndefined();
    clock.advance(2_000);

    expect(await gate.pauseOf('flash')).toMatchObject({ code: 'auth' });
  });

  test('is shut at once by what its own worker paused, even if readings lag', async () => {
    const world = gateOver();
    const lagging: typeof world.table.query = (query) =>
      world.table.query(query.mayBeOld ? { ...query, pk: 'a copy without the pause' } : query);
    const gate = createProviderGate({ ...world, table: { ...world.table, query: lagging } });
    await gate.pauseOf('flash');

    await gate.pause('flash', PAUSE, failure('auth'));

    expect(await gate.pauseOf('flash')).toMatchObject({ code: 'auth' });
  });

  test('opens again when you end all pauses', async () => {
    const world = gateOver();
    await world.gate.pause('flash', PAUSE, failure('auth'));
    await world.gate.pause('flash', { ...PAUSE, scope: 'model' }, failure('quota'));

    expect(await readPauses(world, ['flash', 'pro'])).toHaveLength(2);
    await endPauses(world, ['flash', 'pro']);

    expect(await readPauses(world, ['flash', 'pro'])).toEqual([]);
    expect(await createProviderGate(world).pauseOf('flash')).toBeUndefined();
  });

  test('is shut by a refused key for workers with that key and address alone', async () => {
    const world = gateOver();
    const mistyped = createProviderGate({ ...world, provider: withAccess('mistyped') });
    const good = createProviderGate({ ...world, provider: withAccess('good') });
    const alike = createProviderGate({ ...world, provider: withAccess('mistyped') });

    await mistyped.pause(FLASH, PAUSE, failure('auth'));

    expect(await mistyped.pauseOf(FLASH)).toMatchObject({ code: 'auth' });
    expect(await alike.pauseOf(PRO)).toMatchObject({ code: 'auth' });
    expect(await good.pauseOf(FLASH)).toBeUndefined();
  });

  test('keeps each key’s pause: the trouble of one does not end that of another', async () => {
    const world = gateOver();
    const [one, two] = ['one', 'two'].map((access) =>
      createProviderGate({ ...world, provider: withAccess(access) }),
    );

    await one?.pause(FLASH, PAUSE, failure('credits'));
    await two?.pause(FLASH, PAUSE, failure('auth'));

    expect(await one?.pauseOf(FLASH)).toMatchObject({ code: 'credits' });
    expect(await readPauses(world, [FLASH])).toHaveLength(2);
    await endPauses(world, [FLASH]);
    expect(await readPauses(world, [FLASH])).toEqual([]);
  });

  test('shut for a guest with a key of its own says nothing of the stage', async () => {
    const world = gateOver();
    const guest = createProviderGate({ ...world, provider: withAccess('guest') }, IMPATIENT, true);

    await guest.pause(FLASH, PAUSE, failure('auth'));

    expect(await guest.pauseOf(FLASH)).toMatchObject({ code: 'auth' });
    expect(await readPauses(world, [FLASH, PRO])).toEqual([]);
  });

  test.each([
    ['bad_request', 3],
    ['lost_image', 2],
  ] as const)('takes %s, %i times running, as everybody’s trouble', (code, limit) => {
    const { gate } = gateOver();

    const kinds = Array.from({ length: limit }, () => judged(gate, 'flash', failure(code)).kind);

    expect(kinds).toEqual([...Array(limit - 1).fill('fail'), 'pause']);
  });

  test.each([
    ['an image', (gate: Gate) => gate.ended('flash', { item: 'b/1/1', sentAtMs: 0 })],
    ['another failure', async (gate: Gate) => void judged(gate, 'flash', failure('blocked'))],
  ])('begins to count anew after %s', async (_, between) => {
    const { gate } = gateOver();

    for (let row = 0; row < 6; row++) {
      expect(judged(gate, 'flash', failure('bad_request')).kind).toBe('fail');
      if (row % 2 === 1) await between(gate);
    }
  });

  test('also ends an item that was billed as often as one may be', () => {
    const { gate } = gateOver();
    const lost: Failure = { ...failure('lost_image'), reach: 'answered' };
    const fourth = decideAfterFailure(lost, { ...NO_HISTORY, billable: 3 }, { extrasSent: false }, 0.5);

    const [first, second] = [lost, lost].map((failed) => judged(gate, 'flash', failed, fourth));

    expect(first).toMatchObject({ kind: 'fail', code: 'lost_image' });
    expect(second).toMatchObject({ kind: 'pause', fails: 'lost_image' });
  });

  test('counts each model separately', () => {
    const { gate } = gateOver();

    for (let row = 0; row < 2; row++) {
      expect(judged(gate, 'flash', failure('bad_request')).kind).toBe('fail');
      expect(judged(gate, 'pro', failure('bad_request')).kind).toBe('fail');
    }
  });

  test('never counts failures of many rows that the contract leaves to each row', () => {
    const { gate } = gateOver();

    const kinds = Array.from({ length: 20 }, () => judged(gate, 'flash', failure('blocked')).kind);

    expect(new Set(kinds)).toEqual(new Set(['fail']));
  });
});

describe('while the provider answers 5xx', () => {
  const unavailable: Failure = { code: 'upstream', message: '503', reach: 'refused' };
  const decided = (history: ItemHistory) =>
    decideAfterFailure(unavailable, history, { extrasSent: false }, 0.5);

  test('hours of it fail no item and use up no attempt', async () => {
    const { gate, clock } = gateOver();
    let history = NO_HISTORY;

    for (let tries = 0; tries < 100; tries++) {
      await gate.ended('flash', { item: 'b/1/1', sentAtMs: clock.now(), failure: unavailable });
      const before = { kind: 'queued', notBeforeMs: tries === 0 ? 0 : clock.now() } as const;
      const decision = judged(gate, 'flash', unavailable, decided(history), before);
      expect(decision.kind).toBe('requeue');
      history = decision.history;
      clock.advance(100_000);
    }

    expect(history).toEqual(NO_HISTORY);
  });

  test('an item that fails among items that succeed fails in the end', async () => {
    const { gate, clock } = gateOver();
    let history: ItemHistory = NO_HISTORY;
    let notBeforeMs = 0;

    const kinds: string[] = [];
    for (let nth = 1; nth <= 22; nth += 1) {
      await gate.ended('flash', { item: 'b/1/1', sentAtMs: clock.now(), failure: unavailable });
      const decision = judged(gate, 'flash', unavailable, decided(history), {
        kind: 'queued',
        notBeforeMs,
      });
      notBeforeMs = clock.now() + 1;
      clock.advance(60_000);
      history = decision.history;
      kinds.push(decision.kind);
      await gate.ended('flash', { item: 'b/2/1', sentAtMs: clock.now() });
    }

    expect(kinds.filter((kind) => kind === 'requeue')).toHaveLength(21);
    expect(kinds.at(-1)).toBe('fail');
  });

  test('trouble of one model is not that of another', async () => {
    const { gate, clock } = gateOver();

    for (let nth = 0; nth < 5; nth++)
      await gate.ended('flash', { item: 'b/1/1', sentAtMs: clock.now(), failure: unavailable });

    expect((await gate.permit('flash')).kind).toBe('wait');
    expect((await gate.permit('pro')).kind).toBe('go');
  });
});

type Gate = ReturnType<typeof createProviderGate>;

function gateOver() {
  const clock = standingClock();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const table = fakeTable();
  const notify = () => undefined;
  const newAttemptId = () => randomUUID() as AttemptId;
  const configured = { models: modelCatalog(), providers: providersOf({}) };
  const world = { clock, log, table, notify, newAttemptId, random: () => 0, ...configured };
  return { ...world, gate: createProviderGate(world) };
}

const withAccess = (access: string) => ({ accessOf: async () => access });

const attempt = randomUUID() as AttemptId;

function judged(
  gate: Gate,
  model: string,
  failed: Failure,
  decision: RetryDecision = FAIL,
  state: ItemState = { kind: 'queued', notBeforeMs: 0 },
) {
  const wasTried = state.kind === 'queued' && state.notBeforeMs > 0;
  const note = { attempt, at: '2026-11-21T12:00:00.000Z', outcome: 'upstream', workMs: 1 };
  const attempts = wasTried ? [note] : [];
  const item = { state, history: NO_HISTORY, settings: { model }, attempts };
  return gate.judge({ item, failure: failed, decision, sentAtMs: 0 });
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
    query: async function* ({ pk, skPrefix = '' }: TableQuery) {
      for (const row of rows.values()) if (row.pk === pk && row.sk.startsWith(skPrefix)) yield row;
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
