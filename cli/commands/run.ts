import type { Command } from 'commander';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { startWorkers, type Workers } from '../../local/stage/workers.ts';
import type { BatchOptions } from '../../shared/domain/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import { formatCredits } from '../../shared/domain/money.ts';
import { type BatchResult, batchResult, batchStatus } from '../../shared/pipeline/batch-status.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { endPauses } from '../../shared/pipeline/provider-gate.ts';
import { type PromptFile, submitFile } from '../../shared/pipeline/submit.ts';
import { sweep } from '../../shared/pipeline/sweep.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../batch-flags.ts';
import type { Act, CommandContext } from '../command.ts';
import { createCopying } from '../copying.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { type OpenStage, openStage } from '../open-stage.ts';
import { copyBatch, type OutFolder, prepareOutFolder } from '../out-folder.ts';
import { createProgressBar } from '../progress-bar.ts';
import { openPromptFile } from '../prompt-file.ts';
import { requireKey } from '../require-key.ts';
import { addSimulatorFlags, type SimulatorFlags, simulatorOptionsOf } from '../simulator-flags.ts';
import { configOf, isEmbedded, type StageOptions } from '../stages.ts';
import { exitCodeOf, failureLines, pauseLines, summaryOf } from '../summary.ts';
import { UsageError } from '../usage-error.ts';

interface RunOptions extends StageOptions, BatchFlags, SimulatorFlags {
  readonly out?: string;
}

/** `pressrun run FILE`: submits a file and follows it to its end; on this machine, it also does the work. */
export function addRun(program: Command, act: Act): void {
  const command = program
    .command('run')
    .description('make the images of a file of prompts, and follow it to the end; run it again to resume')
    .argument('<file>', 'CSV, TSV or JSONL, with a prompt column')
    .option('--out <folder>', 'where the images appear (default out/<batch>)');
  addSimulatorFlags(addBatchFlags(command)).action(
    act(async (context, file: string, options: RunOptions) => {
      const config = configOf(options);
      const batchOptions = batchOptionsOf(options);
      requireKey(config, options.simulate === true);
      requireModel(config, batchOptions);
      const promptFile = await openPromptFile(file, batchOptions);
      const simulator = options.simulate ? await startSimulator(simulatorOptionsOf(options)) : undefined;
      try {
        return await runFile(context, config, promptFile, batchOptions, options.out, simulator);
      } finally {
        await simulator?.close();
      }
    }),
  );
}

async function runFile(
  context: CommandContext,
  config: Config,
  file: PromptFile,
  options: BatchOptions,
  out: string | undefined,
  simulator: Simulator | undefined,
): Promise<ExitCode> {
  const copying = createCopying();
  const stage = await openStage(config, isEmbedded(config.stage) ? 'work' : 'look', {
    notify: (event) => event.kind === 'item-ended' && event.imageKey && copying.add(event.imageKey),
    ...(simulator === undefined ? {} : simulated(simulator)),
  });
  try {
    const { effects } = stage.runtime;
    const submitted = await submitFile(effects, file, options);
    if (submitted.kind === 'problem') throw new UsageError(submitted.message);
    const { batch, key } = submitted;
    const folder = await prepareOutFolder(effects.store, batch, out);
    copying.start(folder);
    const before = (await batchStatus(effects, batch))?.creditsMicro ?? 0;
    const workers = isEmbedded(config.stage) ? await startLocalWork(stage, config, batch, key) : undefined;
    await followWithBar(context, stage, batch, workers, copying.failure);
    await copying.settled();
    await copyBatch(effects, batch, folder);
    const result = await batchResult(effects, batch, folder.pathOf);
    if (result === undefined) return EXIT.interrupted;
    printResult(context, result, folder);
    if (simulator !== undefined) printSimulated(context, simulator, result.creditsMicro - before);
    return context.interrupted.aborted && result.state !== 'complete' ? EXIT.interrupted : exitCodeOf(result);
  } finally {
    await stage.close();
  }
}

/** Running a file is a person's word that what paused the provider is mended. Only this file's batch is worked on. */
async function startLocalWork(
  stage: OpenStage,
  config: Config,
  batch: BatchId,
  key: string,
): Promise<Workers> {
  const { effects } = stage.runtime;
  await endPauses(effects, config.models.keys());
  await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });
  await effects.ingestQueue.send([uploadMessageOf({ key })]);
  const { itemsAtOnce, names } = config;
  return startWorkers(stage.runtime, { itemsAtOnce, bucket: names.bucket, watchUploads: false });
}

async function followWithBar(
  { out, interrupted }: CommandContext,
  stage: OpenStage,
  batch: BatchId,
  workers: Workers | undefined,
  failure: () => unknown,
): Promise<void> {
  const bar = out.json ? undefined : createProgressBar(process.stderr, stage.runtime.effects.clock.now);
  try {
    await follow(stage.runtime.effects, batch, interrupted, (status) => bar?.show(status), failure);
  } finally {
    await workers?.stop();
    const last = await batchStatus(stage.runtime.effects, batch);
    if (last !== undefined) bar?.show(last);
    bar?.stop();
  }
}

function printResult({ out }: CommandContext, result: BatchResult, folder: OutFolder): void {
  for (const line of failureLines(result)) out.say(line);
  for (const line of pauseLines(result)) out.say(line);
  const { pauses: _, ...json } = result;
  out.result(`${summaryOf(result)}\nimages   ${folder.path}`, json);
}

function printSimulated({ out }: CommandContext, simulator: Simulator, bookedMicro: number): void {
  const { calls, creditsMicro } = simulator.totals();
  const verdict =
    bookedMicro === creditsMicro
      ? 'the ledger says the same'
      : `the ledger says ${formatCredits(bookedMicro)}`;
  out.say(
    `simulated: nothing was paid. Bill of this run: ${calls} calls, ${formatCredits(creditsMicro)} credits; ${verdict}.`,
  );
}

function simulated(simulator: Simulator) {
  return { providerUrl: simulator.url, apiKey: async () => 'cdt_simulated' };
}

function requireModel({ models }: Config, { settings }: BatchOptions): void {
  if (models.has(settings.model)) return;
  throw new UsageError(
    `--model: there is no model "${settings.model}"; there are ${[...models.keys()].join(', ')}`,
  );
}
