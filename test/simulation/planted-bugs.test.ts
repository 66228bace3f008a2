import { describe, expect, test } from 'vitest';
import {
  adoptsNothing,
  claimsWithoutCondition,
  endsWithoutCondition,
  keepsHolds,
  recordsBeforePut,
  rollsUpAfterwards,
} from './planted-bugs.ts';
import { runScenario } from './run.ts';
import { randomScenario } from './scenario.ts';
import type { InvariantName, Violation } from './watch.ts';
import type { Plant } from './world.ts';

const MOST_SEEDS = 300;
/** A pipeline with a bug may wait for ever: then another walk finds it. */
const LATEST_MS = 3_600_000;

describe('the simulation finds a pipeline that', () => {
  test.each<readonly [string, Plant, InvariantName]>([
    ['records an image before it puts it', recordsBeforePut, 'I2'],
    ['claims an item without asking whether it is still queued', claimsWithoutCondition, 'I4'],
    ['ends an attempt without asking whether it still holds its item', endsWithoutCondition, 'I5'],
    ['does not adopt the image of an earlier attempt', adoptsNothing, 'I4'],
    ['does not release what is held for a call', keepsHolds, 'I6'],
    ['adds to a roll-up outside of the charge’s transaction', rollsUpAfterwards, 'I5'],
  ])('%s', { timeout: 60_000 }, async (_, plant, invariant) => {
    expect(await firstViolation(plant, invariant)).toMatchObject({ invariant });
  });
});

/** The first that a walk finds of this invariant; undefined where none does. */
async function firstViolation(plant: Plant, invariant: InvariantName): Promise<Violation | undefined> {
  for (let seed = 1; seed <= MOST_SEEDS; seed += 1) {
    const { violations } = await runScenario(randomScenario(seed), { plant, latestMs: LATEST_MS });
    const found = violations.find((each) => each.invariant === invariant);
    if (found !== undefined) return found;
  }
  return undefined;
}
