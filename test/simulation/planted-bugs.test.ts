import { describe, expect, test } from 'vitest';
import { singleFaults } from './enumerate.ts';
import {
  adoptsNothing,
  claimsWithoutCondition,
  endsWithoutCondition,
  keepsHolds,
  recordsBeforePut,
  rollsUpAfterwards,
} from './planted-bugs.ts';
import { runScenario } from './run.ts';
import { randomScenario, type Scenario } from './scenario.ts';
import type { InvariantName, Violation } from './watch.ts';
import type { Plant } from './world.ts';

/** Around the leases' and the messages' end. */
const DELAYS_MS = [130_000, 250_000];
const MOST_SEEDS = 600;

describe('the simulation finds a pipeline that', () => {
  test.each<readonly [string, Plant, InvariantName]>([
    ['records an image before it puts it', recordsBeforePut, 'I2'],
    ['claims an item without asking whether it is still queued', claimsWithoutCondition, 'I4'],
    ['ends an attempt without asking whether it still holds its item', endsWithoutCondition, 'I6'],
    ['does not adopt the image of an earlier attempt', adoptsNothing, 'I4'],
    ['does not release what is held for a call', keepsHolds, 'I6'],
    ['adds to a roll-up outside of the charge’s transaction', rollsUpAfterwards, 'I5'],
  ])('%s', { timeout: 60_000 }, async (_, plant, invariant) => {
    const violations = await firstViolations(plant);

    expect(violations.map((each) => each.invariant)).toContain(invariant);
  });
});

/** Of the first run in which something does not hold: single faults first, then walks. */
async function firstViolations(plant: Plant): Promise<readonly Violation[]> {
  for await (const scenario of scenarios()) {
    const { violations } = await runScenario(scenario, { plant });
    if (violations.length > 0) return violations;
  }
  return [];
}

async function* scenarios(): AsyncGenerator<Scenario> {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) yield randomScenario(seed);
  yield* singleFaults(DELAYS_MS);
}
