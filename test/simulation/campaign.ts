import { randomFrom } from '../../local/simulator/random.ts';
import { pairsOfFaults, singleFaults } from './enumerate.ts';
import { addRun, type Figures, noFigures } from './figures.ts';
import { runScenario } from './run.ts';
import { randomScenario, type Scenario } from './scenario.ts';
import type { Violation } from './watch.ts';

/** One share of a campaign: of `of` workers, the `worker`th. */
export interface Share {
  readonly worker: number;
  readonly of: number;
  readonly firstSeed: number;
  /** Ends at whichever comes first. */
  readonly lifecycles: number;
  readonly seconds: number;
}

export interface Outcome {
  readonly figures: Figures;
  /** The first run in which something did not hold. */
  readonly failure?: { readonly scenario: Scenario; readonly violations: readonly Violation[] };
}

const PAIRS = 3_000;

/** Single faults, then pairs, then random walks, until there have been enough, or something does not hold. */
export async function runShare(share: Share): Promise<Outcome> {
  const endsAtMs = performance.now() + share.seconds * 1000;
  const figures = noFigures();
  for await (const scenario of scenariosOf(share)) {
    const result = await runScenario(scenario);
    addRun(figures, result);
    if (result.violations.length > 0)
      return { figures, failure: { scenario, violations: result.violations } };
    if (figures.lifecycles >= share.lifecycles || performance.now() >= endsAtMs) break;
  }
  return { figures };
}

async function* scenariosOf({ worker, of, firstSeed }: Share): AsyncGenerator<Scenario> {
  let index = 0;
  const isMine = () => index++ % of === worker;
  for await (const scenario of singleFaults()) if (isMine()) yield scenario;
  for await (const scenario of pairsOfFaults(randomFrom('pairs', firstSeed), PAIRS))
    if (isMine()) yield scenario;
  for (let seed = firstSeed; ; seed += 1) if (isMine()) yield randomScenario(seed);
}
