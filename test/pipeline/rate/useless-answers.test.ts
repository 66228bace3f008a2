import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FAILURE_CODES, FAILURES, type Failure } from '../../../shared/domain/calls/failure.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { providersOf } from '../../../shared/domain/configuration/providers.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import { type ItemHistory, NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { decideAfterFailure } from '../../../shared/domain/item/retry.ts';
import { createProviderGate, type ProviderGate } from '../../../shared/pipeline/rate/provider-gate.ts';
import { ALONE, ONE_OF_MANY, type RateLimiterOptions } from '../../../shared/pipeline/rate/rate-limiter.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { type VirtualClock, virtualClock } from '../../support/virtual-clock.ts';
import { MODEL, seeded } from '../../support/virtual-fleet.ts';

const ROWS = 1_000;
const DAY_MS = 86_400_000;
const LATENCY_MS = 20_000;
/** Codes of answers that cost something and bring nothing; an image that the store refuses is an image all the same. */
const USELESS = FAILURE_CODES.filter((code) => FAILURES[code].billed === 'usage')
  .filter((code) => !['network', 'certificate', 'unstored'].includes(code))
  .flatMap((code) => [{ code, reach: 'answered' } as const, { code, reach: 'lost' } as const]);

interface Fleet {
  readonly paid: () => number;
  readonly images: () => number;
  readonly isPaused: () => boolean;
  /** Calls in progress when the answers turned useless. */
  readonly underWay: () => number;
}

describe.each([
  ['one worker on one machine', { workers: 1, slots: 16, pacing: ALONE }],
  ['five functions', { workers: 5, slots: 4, pacing: ONE_OF_MANY }],
])('a file of 1,000 rows for %s', (_, fleetOf) => {
  test.each(USELESS)(
    'on a fresh stage pays for at most 3 useless answers ($code, $reach)',
    async (failure) => {
      const fleet = await run({ ...fleetOf, good: 0, failure });

      expect(fleet.isPaused()).toBe(true);
      expect(fleet.images()).toBe(0);
      expect(fleet.paid()).toBeLessThanOrEqual(3);
    },
  );

  // A timeout is no answer: what one hiccup cuts at once counts as one.
  test.each(USELESS.filter(({ code, reach }) => reach === 'answered' && code !== 'timeout'))(
    'after 500 images pays for at most 3 beyond those under way ($code)',
    async (failure) => {
      const fleet = await run({ ...fleetOf, good: 500, failure });

      expect(fleet.isPaused()).toBe(true);
      expect(fleet.images()).toBe(500);
      expect(fleet.paid()).toBeLessThanOrEqual(fleet.underWay() + 3);
    },
  );
});

interface Run {
  readonly workers: number;
  readonly slots: number;
  readonly pacing: RateLimiterOptions;
  /** Calls that bring an image, before all others fail so. */
  readonly good: number;
  readonly failure: Pick<Failure, 'code' | 'reach'>;
}

interface Work {
  readonly item: string;
  history: ItemHistory;
  notBeforeMs: number;
}

async function run({ workers, slots, pacing, good, failure }: Run): Promise<Fleet> {
  const clock = virtualClock();
  const table = memoryTable();
  const random = seeded(1);
  const queue: Work[] = Array.from({ length: ROWS }, (_, row) => ({
    item: `batch/${row}/1`,
    history: NO_HISTORY,
    notBeforeMs: 0,
  }));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const newAttemptId = () => randomUUID() as AttemptId;
  const effects = {
    table,
    clock,
    log,
    notify: () => undefined,
    random,
    models: modelCatalog(),
    providers: providersOf({}),
    newAttemptId,
  };
  const seen = { sent: 0, images: 0, paid: 0, underWay: 0, atTurn: 0, isPaused: false };

  async function slot(gate: ProviderGate): Promise<void> {
    for (;;) {
      const index = queue.findIndex(({ notBeforeMs }) => notBeforeMs <= clock.now());
      const [work] = index === -1 ? [] : queue.splice(index, 1);
      if (seen.isPaused || (work === undefined && queue.length === 0)) return;
      if (work === undefined) await clock.sleep(500);
      else await attempt(gate, work);
    }
  }

  async function attempt(gate: ProviderGate, work: Work): Promise<void> {
    if ((await gate.pauseOf(MODEL)) !== undefined) {
      seen.isPaused = true;
      return;
    }
    const permit = await gate.permit(MODEL);
    if (permit.kind === 'wait') return putBack(work, permit.waitMs);
    // As an item is looked at once more after it has waited.
    const isPaused = (await gate.pauseOf(MODEL)) !== undefined;
    if (!isPaused) await call(gate, work);
    await gate.left(MODEL, !isPaused);
    if (isPaused) seen.isPaused = true;
  }

  async function call(gate: ProviderGate, work: Work): Promise<void> {
    const sentAtMs = clock.now();
    const isGood = ++seen.sent <= good;
    seen.underWay += 1;
    await clock.sleep(LATENCY_MS * (0.5 + random()));
    seen.underWay -= 1;
    if (isGood) {
      seen.images += 1;
      return await gate.ended(MODEL, { item: work.item, sentAtMs });
    }
    if (seen.paid === 0) seen.atTurn = seen.underWay + 1;
    seen.paid += 1;
    const failed: Failure = { ...failure, message: 'useless' };
    await gate.ended(MODEL, { item: work.item, sentAtMs, failure: failed, outputTokens: 1_290 });
    const decided = decideAfterFailure(failed, work.history, { extrasSent: false }, random());
    const state = { kind: 'queued', notBeforeMs: 0 } as const;
    const item = { state, history: work.history, settings: { model: MODEL } };
    const decision = gate.judge({ item, failure: failed, decision: decided, sentAtMs });
    if (decision.kind === 'pause') await gate.pause(MODEL, decision, failed);
    if (decision.kind === 'requeue') putBack({ ...work, history: decision.history }, decision.waitMs);
  }

  function putBack(work: Work, waitMs: number): void {
    queue.push({ ...work, notBeforeMs: clock.now() + waitMs });
  }

  await untilDone(clock, () => {
    const gates = Array.from({ length: workers }, () => createProviderGate(effects, pacing));
    return gates.flatMap((gate) => Array.from({ length: slots }, () => slot(gate)));
  });
  return {
    paid: () => seen.paid,
    images: () => seen.images,
    isPaused: () => seen.isPaused,
    underWay: () => seen.atTurn,
  };
}

async function untilDone(clock: VirtualClock, start: () => Promise<void>[]): Promise<void> {
  let isOver = false;
  const all = Promise.all(start()).then(() => (isOver = true));
  await clock.runUntil(clock.now() + DAY_MS, () => isOver);
  await all;
}
