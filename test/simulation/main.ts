/** `npm run simulate:faults`: many simulated batches with faults; `-- --seed N` tells one of them step by step. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Outcome, runShare, type Share } from './campaign.ts';
import { addFigures, type Figures, figuresText, noFigures, progressText } from './figures.ts';
import { randomScenario, type Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { traceOf } from './trace.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    lifecycles: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '3600' },
    workers: { type: 'string', default: '2' },
    'first-seed': { type: 'string', default: '1' },
    share: { type: 'string' },
  },
});

// Faults are thrown by the thousand, and nobody reads where.
Error.stackTraceLimit = 0;
if (values.share !== undefined) await runForParent(JSON.parse(values.share));
else if (values.seed !== undefined) await replay(randomScenario(Number(values.seed)));
else await runCampaign(Number(values.workers));

/** What a worker tells its parent: how far it is, and in the end what it found. */
type Told = { readonly figures: Figures } | { readonly outcome: Outcome };

async function runForParent(share: Share): Promise<void> {
  const orphaned = () => process.exit(1);
  process.once('disconnect', orphaned);
  const stopped = new AbortController();
  process.once('message', () => stopped.abort());
  const tell = (told: Told) => process.send?.(told);
  tell({ outcome: await runShare(share, (figures) => tell({ figures }), stopped.signal) });
  process.off('disconnect', orphaned).disconnect();
}

async function runCampaign(workers: number): Promise<void> {
  const startedMs = performance.now();
  const seconds = () => (performance.now() - startedMs) / 1000;
  const shares = Array.from({ length: workers }, (_, worker) => ({
    worker,
    of: workers,
    firstSeed: Number(values['first-seed']),
    lifecycles: Math.ceil(Number(values.lifecycles) / workers),
    seconds: Number(values.seconds),
  }));
  const soFar = new Map<number, Figures>();
  const children = shares.map((share) => ({ share, child: childFor(share) }));
  const outcomes = await Promise.all(
    children.map(async ({ share, child }) => {
      const outcome = await outcomeOf(child, (figures) => {
        soFar.set(share.worker, figures);
        if (share.worker === 0) console.log(progressText(sumOf(soFar.values()), seconds()));
      });
      // One failure is enough to look into.
      if (outcome.failure !== undefined)
        for (const each of children) if (each.child.connected) each.child.send('stop');
      return outcome;
    }),
  );
  console.log(figuresText(sumOf(outcomes.map(({ figures }) => figures)), seconds()));
  const failure = outcomes.find((outcome) => outcome.failure !== undefined)?.failure;
  console.log(`violations        ${failure === undefined ? 0 : failure.violations.length}`);
  if (failure !== undefined) await tell(failure.scenario);
}

function sumOf(all: Iterable<Figures>): Figures {
  const sum = noFigures();
  for (const figures of all) addFigures(sum, figures);
  return sum;
}

function childFor(share: Share): ChildProcess {
  return fork(fileURLToPath(import.meta.url), ['--share', JSON.stringify(share)], {
    // Worlds live for milliseconds: most of a run is garbage, best collected rarely.
    execArgv: ['--max-semi-space-size=64'],
  });
}

async function outcomeOf(child: ChildProcess, say: (figures: Figures) => void): Promise<Outcome> {
  const outcome = new Promise<Outcome>((resolve) => {
    child.on('message', (told: Told) => ('outcome' in told ? resolve(told.outcome) : say(told.figures)));
  });
  return await Promise.race([outcome, failed(child)]);
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`a worker ended with code ${code} before it had a result`);
}

/** A run in which something does not hold, with no more faults than that takes. */
async function tell(scenario: Scenario): Promise<void> {
  console.log(`\nseed ${scenario.seed} on a ${scenario.stage} stage; the fewest faults that do it:`);
  await replay(await shrink(scenario));
}

async function replay(scenario: Scenario): Promise<void> {
  const { lines, violations } = await traceOf(scenario);
  for (const line of lines) console.log(line);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
