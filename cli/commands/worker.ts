import type { Command } from 'commander';
import { startSimulator } from '../../local/simulator/server.ts';
import { startWorkers } from '../../local/stage/workers.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/batch-status.ts';
import { openBatches } from '../../shared/pipeline/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { endPauses } from '../../shared/pipeline/provider-gate.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import { hasUnreadUploads } from '../../shared/pipeline/uploads.ts';
import type { Config } from '../../shared/runtime/config.ts';
import type { Act, CommandContext } from '../command.ts';
import { createStage } from '../create-stage.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type OpenStage, openStage } from '../open-stage.ts';
import { requireKey } from '../require-key.ts';
import { addSimulatorFlags, type SimulatorFlags, simulatorOptionsOf } from '../simulator-flags.ts';
import { configOf, isEmbedded, type StageOptions } from '../stages.ts';
import { pauseLines } from '../summary.ts';

interface WorkerOptions extends StageOptions, SimulatorFlags {
  readonly untilIdle?: boolean;
  readonly create?: boolean;
}

const POLL_MS = 500;

/** `pressrun worker`: takes in uploads and makes images for a stage, from this machine. */
export function addWorker(program: Command, act: Act): void {
  const command = program
    .command('worker')
    .description("take in uploads and work off a stage's queue, from this machine")
    .option('--until-idle', 'end when there is nothing left to do')
    .option('--create', "make the stage's bucket, queues and table first, on an AWS-compatible server");
  addSimulatorFlags(command).action(
    act(async (context, options: WorkerOptions) => {
      const config = configOf(options);
      requireKey(config, options.simulate === true);
      if (options.create) await createStage(config);
      const simulator = options.simulate ? await startSimulator(simulatorOptionsOf(options)) : undefined;
      const provider =
        simulator === undefined ? {} : { providerUrl: simulator.url, apiKey: async () => 'cdt_simulated' };
      const stage = await openStage(config, 'work', provider);
      try {
        return await work(context, stage, config, options.untilIdle === true);
      } finally {
        await stage.close();
        await simulator?.close();
      }
    }),
  );
}

async function work(
  context: CommandContext,
  stage: OpenStage,
  config: Config,
  untilIdle: boolean,
): Promise<ExitCode> {
  const { out, interrupted } = context;
  const { effects } = stage.runtime;
  await endPauses(effects, config.models.keys());
  // Nobody else works in an embedded stage, and its queue did not outlive the last process.
  const embedded = isEmbedded(config.stage);
  await sweep(effects, {
    leasesEndedByMs: embedded ? Number.MAX_SAFE_INTEGER : effects.clock.now(),
    resend: embedded ? 'all' : 'none',
  });
  const { itemsAtOnce, names } = config;
  const workers = startWorkers(stage.runtime, { itemsAtOnce, bucket: names.bucket, watchUploads: true });
  out.say(`working for stage ${config.stage}, ${itemsAtOnce} calls at once; log: ${stage.logPath}`);
  try {
    return await watch(context, effects, untilIdle);
  } finally {
    if (interrupted.aborted) out.say('waiting for calls under way');
    await workers.stop();
  }
}

/** Tells how it goes until it is interrupted, or with `untilIdle` until nothing is left, or only a person can help. */
async function watch(
  { out, interrupted }: CommandContext,
  effects: Effects,
  untilIdle: boolean,
): Promise<ExitCode> {
  const told = new Map<string, string>();
  const tell = (id: string, line: string) => {
    if (told.get(id) !== line) out.say(line);
    told.set(id, line);
  };
  while (!interrupted.aborted) {
    const open = await openStatuses(effects);
    for (const status of open) tell(status.batch, progressLine(status));
    const paused = open.find((status) => status.state === 'paused');
    if (paused !== undefined) for (const line of pauseLines(paused)) tell('pause', line);
    if (untilIdle && paused !== undefined) return EXIT.paused;
    if (untilIdle && open.length === 0 && !(await hasUnreadUploads(effects))) return EXIT.ok;
    await effects.clock.sleep(POLL_MS, interrupted);
  }
  return EXIT.interrupted;
}

async function openStatuses(effects: Effects): Promise<BatchStatus[]> {
  const statuses: BatchStatus[] = [];
  for await (const id of openBatches(effects.table)) {
    const status = await batchStatus(effects, id);
    if (status !== undefined) statuses.push(status);
  }
  return statuses;
}

function progressLine({ batch, state, items }: BatchStatus): string {
  return `${batch}: ${state}, ${items.done + items.reused} done, ${items.failed} failed, ${items.pending} pending`;
}
