import { type RunOptions, runScenario } from './run.ts';
import type { Scenario } from './scenario.ts';

/** The same scenario with as few of its faults as still bring a violation. */
export async function shrink(scenario: Scenario, options: RunOptions = {}): Promise<Scenario> {
  let smallest = scenario;
  for (const fault of scenario.faults) {
    const without = { ...smallest, faults: smallest.faults.filter((each) => each !== fault) };
    const { violations } = await runScenario(without, options);
    if (violations.length > 0) smallest = without;
  }
  return smallest;
}
