import type { Random } from '../../local/simulator/random.ts';
import { LEASE_MS } from '../../shared/pipeline/image/claim.ts';
import { canBefall } from './fault-plan.ts';
import { DECISIVE, DELAYS_MS, FAULT_KINDS, type Fault, randomFault } from './faults.ts';
import type { Operation } from './operation.ts';
import { NO_TROUBLE, type ProviderMood } from './provider-mood.ts';
import { runScenario } from './run.ts';
import { type Scenario, type StageKind, smallScenario } from './scenario.ts';

const STAGES: readonly StageKind[] = ['deployed', 'local'];
/** Most small batches are over after so many steps. */
const MOST_STEPS = 120;
const MOODS: readonly ProviderMood['outcomes'][] = [
  { image: 1 },
  { image: 3, lost: 1 },
  { image: 2, policy: 1 },
  { image: 4, lost: 1, policy: 1, no_image: 1, rate_limit: 1 },
];

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

/** Longer than a lease, so that its items are given to another worker meanwhile. */
const STALLS_MS = DELAYS_MS.filter((ms) => ms > LEASE_MS);

/**
 * Small batches in which a worker stands still until it has lost what it holds, and then continues; with one to three more
 * faults where they matter, a provider that loses answers, and commands in between.
 */
export function* stalledWorkers(random: Random): Generator<Scenario> {
  for (;;) {
    const step = random.between(0, MOST_STEPS);
    const stall: Fault = { step, kind: 'freeze', at: random.pick(DECISIVE), ms: random.pick(STALLS_MS) };
    const others = Array.from({ length: random.between(1, 3) }, () =>
      randomFault(random, step + random.between(0, MOST_STEPS / 2), 0.8),
    );
    yield {
      ...smallScenario(random.chance(0.8) ? 'deployed' : 'local', [stall, ...others]),
      seed: `stalled-${random.between(1, 1e9)}`,
      eventSize: random.pick([1, 4]),
      mood: { outcomes: random.pick(MOODS), trouble: NO_TROUBLE },
      unknownOutcomes: random.chance(0.3) ? 'hold' : 'retry',
      commands: {
        retries: random.chance(0.4) ? ['complete'] : [],
        ...(random.chance(0.2) && { cancelsAfterMs: random.between(1_000, 200_000) }),
      },
      repeats: random.chance(0.3),
    };
  }
}

/** Where two workers of one item may overtake each other. */
const MEETINGS = ['store.put', 'provider.call', 'table.write', 'table.get', 'store.head'] as const;

/**
 * One item and two workers: one stands still until the other comes to the same point, and is late once more after it; where
 * both have an image, they are often of two types.
 */
export function* rivals(random: Random): Generator<Scenario> {
  for (;;) {
    const of = 'generate';
    const step = random.between(0, MOST_STEPS / 2);
    const meeting: Fault = {
      step,
      kind: 'freeze',
      at: random.pick(['store.put', ...MEETINGS] as const),
      of,
      meets: true,
      ms: 500_000,
    };
    const late = Array.from(
      { length: random.between(0, 2) },
      (): Fault => ({
        step: step + random.between(1, MOST_STEPS),
        kind: random.pick(['late-reply', 'delayed', 'freeze'] as const),
        at: random.pick([...MEETINGS, 'table.query'] as const),
        of,
        ms: random.pick([100, 1_500, 40_000]),
      }),
    );
    yield {
      ...smallScenario('deployed', [meeting, ...late]),
      ...fileOf(random.between(1, 2)),
      seed: `rivals-${random.between(1, 1e9)}`,
      eventSize: random.between(1, 2),
      mood: { outcomes: random.pick(MOODS), trouble: NO_TROUBLE, jpegs: 0.5 },
      unknownOutcomes: random.chance(0.2) ? 'hold' : 'retry',
      duplicates: random.pick([0, 0.2]),
      repeats: false,
      rebuilds: random.chance(0.5),
    };
  }
}

/**
 * People who do not wait: `cancel`, `retry`, `pause` and `resume` while items are taken, end, and are finished, each with an
 * answer that is late: what they do then rests on what was so before.
 */
export function* hastyCommands(random: Random): Generator<Scenario> {
  for (;;) {
    const cancels = random.chance(0.4);
    const pauses = random.chance(0.3);
    const of = random.pick([
      ...(cancels ? ['cancel', 'cancel'] : ['retry', 'retry']),
      ...(pauses ? ['pause', 'sweep'] : []),
      'generate',
    ]);
    const late: Fault = {
      step: of === 'cancel' ? 0 : random.between(0, MOST_STEPS * 2),
      kind: random.pick(['late-reply', 'delayed'] as const),
      at: random.pick(['table.query', 'table.get', 'table.write'] as const),
      of,
      ms: random.pick([20, 100, 1_500, 40_000]),
    };
    yield {
      ...smallScenario(random.chance(0.8) ? 'deployed' : 'local', [late]),
      ...fileOf(random.between(1, 6)),
      seed: `hasty-${random.between(1, 1e9)}`,
      itemsAtOnce: random.between(1, 2),
      mood: {
        outcomes: random.pick([
          { image: 1, policy: 1 },
          { image: 2, policy: 1, lost: 1 },
        ]),
        trouble: NO_TROUBLE,
      },
      unknownOutcomes: random.chance(0.3) ? 'hold' : 'retry',
      commands: {
        retries: random.pick([
          ['ended'],
          ['ended', 'ended'],
          ['complete', 'complete'],
          ['ended', 'complete'],
        ] as const),
        ...(cancels && { cancelsAfterMs: random.between(10, random.pick([2_000, 60_000])) }),
        ...(pauses && {
          pauses: {
            afterMs: random.between(10, random.pick([300, 2_000, 60_000])),
            forMs: random.pick([100, 3_000, 15_000, 200_000]),
          },
        }),
      },
      repeats: false,
    };
  }
}

function fileOf(rows: number): Pick<Scenario, 'file' | 'items' | 'rejected'> {
  const items = Array.from({ length: rows }, (_, index) => index + 1);
  const lines = items.map((row) => `a red fox number ${row},fox-${row}`);
  return { file: `prompt,id\n${lines.join('\n')}\n`, items, rejected: [] };
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
