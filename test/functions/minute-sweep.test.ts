import { expect, test } from 'vitest';
import { createMinuteSweep } from '../../functions/sweep/minute-sweep.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { pauseBatch } from '../../shared/pipeline/money/batch-pauses.ts';
import { pauseAll } from '../../shared/pipeline/rate/provider-pauses.ts';
import type { TestClock } from '../support/test-clock.ts';
import { csvOf, submit, useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();
const MINUTE_MS = 60_000;
const HOURS = 7;

/** The minutes' sweeps of some hours, and what each told the alarm `old-work`, in hours. */
async function sweepFor(world: World<TestClock>, hours: number): Promise<number[]> {
  const told: number[] = [];
  const meter = {
    pauses: () => undefined,
    budgets: () => undefined,
    backpressure: () => undefined,
    oldestWork: (ms: number) => void told.push(ms / 3_600_000),
  };
  const sweep = createMinuteSweep(world.effects, [], meter);
  for (let minute = 0; minute < hours * 60; minute += 10) {
    await sweep();
    world.clock.advance(10 * MINUTE_MS);
  }
  return told;
}

const words = { message: '', hint: '', since: '2026-11-21T12:00:00Z' };

type Pause = (world: World, batch: BatchId) => Promise<unknown>;

test.each<[string, Pause]>([
  ['a person paused', (world, batch) => pauseBatch(world.effects, batch, { by: 'person', ...words })],
  ['stands still because everything is paused', ({ effects }) => pauseAll(effects, words)],
])('a batch that %s is told to the alarm on old work, hour by hour', async (_, pause) => {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(1));
  await pause(world, batch);

  const told = await sweepFor(world, HOURS);

  expect(told.at(-1)).toBeGreaterThan(HOURS - 0.5);
});
