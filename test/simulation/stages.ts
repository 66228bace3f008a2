import {
  CALL_MS,
  createHandler as createGenerateHandler,
  GROUP_MS,
} from '../../functions/generate/handler.ts';
import { createHandler as createIngestHandler } from '../../functions/ingest/handler.ts';
import { createHandler as createSweepHandler } from '../../functions/sweep/handler.ts';
import { randomFrom } from '../../local/simulator/random.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { memoryFile } from '../../shared/pipeline/ingest/memory-file.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { ALONE, ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import { startCommands } from './commands.ts';
import { feed } from './event-source.ts';
import { startOperator } from './operator.ts';
import { createProcess, type Process } from './process.ts';
import type { World } from './world.ts';

const GENERATE_TIMEOUT_MS = 480_000;
const INGEST_TIMEOUT_MS = 300_000;
const SWEEP_TIMEOUT_MS = 300_000;
/** Nothing ends a handler on one machine. */
const NO_TIMEOUT_MS = 900_000_000;
const SWEEP_EVERY_MS = 60_000;
const RESTART_MS = 5_000;

/** Starts all that works in a stage, and whoever submits the file to it. */
export function startStage(world: World): void {
  if (world.scenario.stage === 'local') start(world, 'local', runLocally);
  else startDeployed(world);
  startOperator(world);
  startCommands(world, (name, work) => start(world, name, work));
}

function startDeployed(world: World): void {
  start(world, 'cli', async (effects) => void (await submit(world, effects)));
  start(world, 'ingest', (effects, process) =>
    feed(world, process, {
      name: 'ingest',
      port: effects.ingestQueue,
      handler: createIngestHandler(effects, { windowRows: world.scenario.windowRows }),
      batchSize: 1,
      timeoutMs: INGEST_TIMEOUT_MS,
    }),
  );
  for (let worker = 1; worker <= world.scenario.workers; worker += 1) {
    start(world, `generate-${worker}`, (effects, process) =>
      feed(world, process, {
        name: 'work',
        port: effects.workQueue,
        handler: createGenerateHandler(effects, {
          itemsAtOnce: world.scenario.itemsAtOnce,
          callMs: CALL_MS,
          pacing: ONE_OF_MANY,
          groupMs: GROUP_MS,
          parks: true,
        }),
        batchSize: world.scenario.eventSize,
        timeoutMs: GENERATE_TIMEOUT_MS,
      }),
    );
  }
  start(world, 'sweep', (effects, process) => sweepRegularly(world, effects, process));
}

/**
 * As `pressrun run` does it: submit, put right what the last process left, and work with all in one process. Who comes after
 * it may be `pressrun worker`, which submits nothing and finds what is there.
 */
async function runLocally(effects: Effects, process: Process, world: World): Promise<void> {
  process.busy += 1;
  const isWorker =
    world.facts.batch() !== undefined && randomFrom('worker', world.scenario.seed, process.name).chance(0.5);
  const key = isWorker ? undefined : await submit(world, effects);
  await endPauses(effects, effects.models.keys());
  await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: 'all' });
  if (key !== undefined) await effects.ingestQueue.send([uploadMessageOf({ key })]);
  else if (world.facts.batch()?.state === 'ingesting' && world.ingestQueue.size() === 0)
    world.violations.push({ invariant: 'end', message: `${process.name} left a file that was half read` });
  process.busy -= 1;
  const ingest = createIngestHandler(effects, { windowRows: world.scenario.windowRows });
  const generate = createGenerateHandler(effects, {
    itemsAtOnce: world.scenario.itemsAtOnce,
    callMs: 0,
    pacing: ALONE,
  });
  const { eventSize: batchSize } = world.scenario;
  const timeoutMs = NO_TIMEOUT_MS;
  const work = { name: 'work', port: effects.workQueue, handler: generate, batchSize, timeoutMs } as const;
  const uploads = {
    name: 'ingest',
    port: effects.ingestQueue,
    handler: ingest,
    batchSize: 1,
    timeoutMs,
  } as const;
  await Promise.all([
    feed(world, process, uploads),
    feed(world, process, work),
    feed(world, process, work),
    sweepRegularly(world, effects, process),
  ]);
}

type Work = (effects: Effects, process: Process, world: World) => Promise<void>;

/** Keeps something running: when its process dies, or ends with an error, another one takes its place. */
function start(world: World, name: string, work: Work, incarnation = 1): void {
  const { scheduler } = world;
  const process = createProcess(`${name}-${incarnation}`, skewOf(world, name, incarnation));
  world.processes.add(process);
  process.onDeath = () => {
    world.processes.delete(process);
    world.idle(process);
    // The queues are in the memory of the process that works; a command's death leaves them alone.
    if (world.scenario.stage === 'local' && work === runLocally) {
      world.workQueue.forgetAll();
      world.ingestQueue.forgetAll();
    }
    scheduler.after(RESTART_MS, () => start(world, name, work, incarnation + 1));
  };
  work(world.effectsOf(process), process, world).catch((error: unknown) => {
    world.sawError(error);
    scheduler.kill(process);
  });
}

/** Machines of their own have clocks of their own. */
function skewOf({ scenario }: World, name: string, incarnation: number): number {
  const { stage, seed, skewMs } = scenario;
  if (stage === 'local') return 0;
  return randomFrom('clock', seed, name, incarnation).between(0, skewMs);
}

async function submit(world: World, effects: Effects): Promise<string> {
  const { batchMicro } = world.scenario.budgets;
  const file = memoryFile('prompts.csv', 'text/csv', world.scenario.file);
  const submitted = await submitFile(effects, file, {
    ...DEFAULT_BATCH_OPTIONS,
    ...(batchMicro === undefined ? {} : { budgetMicro: batchMicro }),
  });
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  return submitted.key;
}

async function sweepRegularly(world: World, effects: Effects, process: Process): Promise<never> {
  const handler = createSweepHandler(effects);
  const tick = async () => void (await sweepOnce(world, process, handler));
  for (;;) {
    await effects.clock.sleep(SWEEP_EVERY_MS);
    try {
      await world.scheduler.perform(process, {
        name: 'cron.tick',
        changes: false,
        run: async () => undefined,
        again: { how: 'late', run: tick },
      });
    } catch {
      continue;
    }
    await sweepOnce(world, process, handler);
  }
}

async function sweepOnce(world: World, process: Process, handler: () => Promise<unknown>): Promise<void> {
  let over = false;
  let isWhole = true;
  process.busy += 1;
  world.scheduler.after(SWEEP_TIMEOUT_MS, () => {
    if (!over && world.scenario.stage === 'deployed') world.scheduler.kill(process);
  });
  try {
    await handler();
  } catch (error) {
    // The next one comes in a minute.
    world.sawError(error);
    isWhole = false;
  }
  over = true;
  process.busy -= 1;
  // On one machine, work is set free by others of the process as well.
  if (world.scenario.stage === 'local' || process.busy > 0) return;
  for (const watch of world.watches) watch.onSwept?.(process, isWhole);
}
