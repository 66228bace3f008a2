import { expect, test } from 'vitest';
import { randomFrom } from '../../local/simulator/random.ts';
import { pairsOfFaults, singleFaults } from './enumerate.ts';
import { runScenario } from './run.ts';
import { randomScenario, type Scenario } from './scenario.ts';
import { traceOf } from './trace.ts';

/** Longer than a lease and a message's visibility. `npm run simulate:faults` takes more lengths, pairs and walks. */
const DELAYS_MS = [130_000];
const PAIRS = 250;
const WALKS = 200;

test('every single fault at every step of a small batch leaves all invariants intact', {
  timeout: 180_000,
}, async () => {
  expect(await firstFailure(singleFaults(DELAYS_MS))).toBeUndefined();
});

test('pairs of faults leave all invariants intact', { timeout: 120_000 }, async () => {
  expect(await firstFailure(pairsOfFaults(randomFrom('pairs'), PAIRS))).toBeUndefined();
});

test('random walks with faults leave all invariants intact', { timeout: 180_000 }, async () => {
  expect(await firstFailure(walks(WALKS))).toBeUndefined();
});

test.each([7, 61, 83])('a run of seed %i is reproducible, step by step', async (seed) => {
  const first = await traceOf(randomScenario(seed));
  const second = await traceOf(randomScenario(seed));

  expect(first.lines.length).toBeGreaterThan(50);
  expect(second.lines).toEqual(first.lines);
});

/** What to give to `npm run simulate:faults -- --seed`, and what did not hold. */
async function firstFailure(scenarios: AsyncIterable<Scenario>): Promise<object | undefined> {
  for await (const scenario of scenarios) {
    const { violations } = await runScenario(scenario);
    const { seed, stage, faults } = scenario;
    if (violations.length > 0) return { seed, stage, faults, violations };
  }
  return undefined;
}

async function* walks(count: number): AsyncGenerator<Scenario> {
  for (let seed = 1; seed <= count; seed += 1) yield randomScenario(seed);
}
