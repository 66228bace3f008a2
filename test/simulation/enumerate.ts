import type { Random } from '../../local/simulator/random.ts';
import { canBefall } from './fault-plan.ts';
import { DELAYS_MS, FAULT_KINDS, type Fault, randomFault } from './faults.ts';
import type { Operation } from './operation.ts';
import { runScenario } from './run.ts';
import { type Scenario, type StageKind, smallScenario } from './scenario.ts';

const STAGES: readonly StageKind[] = ['deployed', 'local'];

/**
 * Every single fault at every step of a small batch, in both kinds of stage: so many runs as there are steps, kinds and
 * lengths of delay.
 */
export async function* singleFaults(delaysMs: readonly number[] = DELAYS_MS): AsyncGenerator<Scenario> {
  for (const stage of STAGES) {
    for (const operation of await stepsOf(stage)) {
      for (const fault of faultsAt(operation, delaysMs)) yield smallScenario(stage, [fault]);
    }
  }
}

/** Pairs of faults, drawn from all there are: the second at a step of the run that the first made. */
export async function* pairsOfFaults(
  random: Random,
  count = Number.POSITIVE_INFINITY,
): AsyncGenerator<Scenario> {
  const steps = { deployed: await stepsOf('deployed'), local: await stepsOf('local') };
  for (let drawn = 0; drawn < count; drawn += 1) {
    const stage = random.pick(STAGES);
    const first = random.pick(faultsAt(random.pick(steps[stage]), DELAYS_MS));
    // A fault makes a run longer: there is more after it for the second to befall.
    const step = random.between(first.step, first.step + steps[stage].length);
    yield smallScenario(stage, [first, randomFault(random, step)]);
  }
}

interface PlainStep {
  readonly number: number;
  readonly operation: Operation;
}

async function stepsOf(stage: StageKind): Promise<PlainStep[]> {
  const steps: PlainStep[] = [];
  const { violations } = await runScenario(smallScenario(stage, []), {
    onStep: (step) => void steps.push(step),
  });
  if (violations.length > 0) throw new Error(`without a fault: ${JSON.stringify(violations)}`);
  return steps;
}

function faultsAt({ number: step, operation }: PlainStep, delaysMs: readonly number[]): Fault[] {
  return FAULT_KINDS.filter((kind) => canBefall(kind, operation)).flatMap((kind) => {
    const lengths =
      kind === 'delayed' || kind === 'late-reply' || kind === 'freeze' ? delaysMs : [delaysMs[0] ?? 0];
    return lengths.map((ms) => ({ step, kind, ms }));
  });
}
