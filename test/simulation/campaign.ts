import { setImmediate } from 'node:timers/promises';
import { type Random, randomFrom } from '../../local/simulator/random.ts';
import { collect } from '../support/collect.ts';
import { hastyCommands, pairsOfFaults, rivals, singleFaults, stalledWorkers } from './enumerate.ts';
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

const PROGRESS_MS = 60_000;
const SMALL_PER_WALK = 3;

/**
 * Single faults, pairs of them, workers that stand still, rivals, hasty commands, and random walks, in turns, so that any minute tries some of
 * each; until there have been enough, something does not hold, or another share found such a thing (`signal`). `say` is told
 * once a minute how far it is.
 */
export async function runShare(
  share: Share,
  say: (figures: Figures) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const endsAtMs = performance.now() + share.seconds * 1000;
  const figures = noFigures();
  let saidMs = performance.now();
  for await (const scenario of scenariosOf(share)) {
    const result = await runScenario(scenario);
    addRun(figures, result);
    if (result.violations.length > 0)
      return { figures, failure: { scenario, violations: result.violations } };
    const nowMs = performance.now();
    if (signal.aborted || figures.lifecycles >= share.lifecycles || nowMs >= endsAtMs) break;
    // Runs take no turn of the event loop: here a worker hears of it when its parent has ended.
    await setImmediate();
    if (nowMs - saidMs < PROGRESS_MS) continue;
    saidMs = nowMs;
    say(figures);
  }
  return { figures };
}

async function* scenariosOf({ worker, of, firstSeed }: Share): AsyncGenerator<Scenario> {
  const singles = shuffled(await collect(singleFaults()), randomFrom('singles', firstSeed));
  const own = singles.filter((_, index) => index % of === worker).values();
  const pairs = pairsOfFaults(randomFrom('pairs', firstSeed, worker));
  const stalls = stalledWorkers(randomFrom('stalls', firstSeed, worker));
  const races = rivals(randomFrom('rivals', firstSeed, worker));
  const hasty = hastyCommands(randomFrom('hasty', firstSeed, worker));
  const small = [own, pairs, stalls, races, hasty];
  for (let [seed, turn] = [firstSeed + worker, 0]; ; seed += of) {
    yield randomScenario(seed);
    for (let more = 0; more < SMALL_PER_WALK; more += 1, turn += 1) {
      const next = await small[turn % small.length]?.next();
      if (next?.value !== undefined) yield next.value;
    }
  }
}

function shuffled<Value>(values: readonly Value[], random: Random): Value[] {
  const keyed = values.map((value) => ({ value, at: random.next() }));
  return keyed.sort((a, b) => a.at - b.at).map(({ value }) => value);
}
