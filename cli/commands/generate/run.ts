import type { Command } from 'commander';
import type { BatchOptions } from '../../../shared/domain/batch/batch.ts';
import { usdPerCreditOf } from '../../../shared/domain/configuration/credit-rate.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import type { PipelineEvent } from '../../../shared/pipeline/effects.ts';
import { type BatchStatus, batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import type { PromptFile } from '../../../shared/pipeline/ingest/submit.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { favourTime } from '../../../shared/runtime/heap.ts';
import { watchTime } from '../../../shared/runtime/time-watch.ts';
import type { Act, CommandContext } from '../../command.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { createImageCopier, type ImageCopier } from '../../files/image-copier.ts';
import { prepareOutFolder } from '../../files/out-folder.ts';
import { openPromptFile } from '../../files/prompt-file.ts';
import { submitBatch } from '../../files/submit-batch.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../../flags/batch-flags.ts';
import {
  CONCURRENCY,
  CONCURRENCY_HELP,
  type ConcurrencyFlag,
  refuseConcurrencyElsewhere,
  withConcurrency,
} from '../../flags/concurrency.ts';
import { addHelp, GROUP } from '../../flags/help.ts';
import { OUT, TEXT_FILES } from '../../flags/output-flags.ts';
import { requireKey } from '../../flags/require-key.ts';
import { requireModel } from '../../flags/require-model.ts';
import { addSimulatorFlags, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { APPROVAL_FLAG, parseApproval, refusalOf } from '../../stage/approval.ts';
import { budgetWarningReporter } from '../../stage/budget-warning.ts';
import { requestedSheet } from '../../stage/contact-sheets.ts';
import { follow, followUntil } from '../../stage/follow.ts';
import { announceWait } from '../../stage/interrupts.ts';
import { type LocalWork, startLocalWork } from '../../stage/local-work.ts';
import type { OpenStage, OpenStageOptions as StageOpening } from '../../stage/open-stage.ts';
import { type RunSimulator, startRunSimulator } from '../../stage/run-simulator.ts';
import { configOf, isSimulated, type StageOptions, sayIfResting, stageConfigOf } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { jumpLine } from '../../text/clock-time.ts';
import { printNotes } from '../../text/file-notes.ts';
import { createProgressBar, type ProgressBar } from '../../text/progress-bar.ts';
import { createWaitReporter } from '../../text/wait-reporter.ts';
import { UsageError } from '../../usage-error.ts';
import { reportRun } from './run-result.ts';

export interface RunOptions extends StageOptions, BatchFlags, SimulatorFlags, ConcurrencyFlag {
  readonly approveAbove?: string;
  readonly out?: string;
  readonly textFiles?: boolean;
}

interface Run {
  readonly config: Config;
  readonly file: PromptFile;
  readonly options: BatchOptions;
  readonly out: string | undefined;
  readonly textFiles: boolean;
  readonly simulated: RunSimulator | undefined;
  readonly approvedMicro: number | undefined;
}

/** `pressrun run FILE` */
export function defineRun(command: Command, act: Act): void {
  addBatchFlags(addHelp(command, HELP))
    .optionsGroup(GROUP.cost)
    .option(...APPROVAL_FLAG)
    .optionsGroup(GROUP.output)
    .option(...OUT)
    .option(...TEXT_FILES)
    .option(...CONCURRENCY);
  addSimulatorFlags(command).action(
    act((context, path: string, options: RunOptions) =>
      runWith(context, options, (_, batchOptions) => openPromptFile(path, batchOptions, options)),
    ),
  );
}

/** Runs the file that `open` returns. */
export async function runWith(
  context: CommandContext,
  options: RunOptions,
  open: (config: Config, options: BatchOptions) => Promise<PromptFile>,
): Promise<ExitCode> {
  // Before a stage elsewhere is contacted.
  refuseSimulatedElsewhere(options);
  const config = withConcurrency(await stageConfigOf(options), options);
  refuseConcurrencyElsewhere(config, options);
  const simulate = isSimulated(config, options);
  const batchOptions = batchOptionsOf(options, config);
  const approvedMicro = parseApproval(options.approveAbove, config);
  // The file first: whoever has no key yet learns whether the prompts are right.
  const file = await open(config, batchOptions);
  requireWork(config, simulate);
  if (file.size <= SMALL_FILE_BYTES) favourTime();
  const simulated = simulate ? await startRunSimulator(options) : undefined;
  try {
    const { out, textFiles = false } = options;
    const run = { config, file, options: batchOptions, out, textFiles, simulated, approvedMicro };
    return await runFile(context, run);
  } finally {
    await simulated?.close();
  }
}

/** Some thousand rows: memory need not be kept low. */
const SMALL_FILE_BYTES = 500_000;

const HELP = {
  examples: `  $ pressrun run examples/postcards.csv --simulate       try it: free, no key
  $ pressrun run prompts.csv --budget 500                stop before 500 credits
  $ pressrun run prompts.csv --out pictures --image-size 2K
  $ pressrun run names.csv --template 'A sign: {{name}}' --variants 2
  $ pressrun run prompts.csv --concurrency 100
  $ pressrun run prompts.csv --stage studio              follow a deployed stage`,
  notes: `The same file with the same options is the same batch: run it again to resume
after Ctrl-C, a crash, or a pause. In a changed file, only new and changed rows
are generated; images with the same model, prompt, settings, and references are
reused for free. <out>/rejected.csv lists the rows that can't be used,
<out>/manifest.csv every image with its cost.
${CONCURRENCY_HELP}

Environment: CORE_TODAY_API_KEY (needed without --simulate),
PRESSRUN_PROVIDER_URL, PRESSRUN_ITEMS_AT_ONCE (16).

Exit codes: 0 done · 1 error · 2 some images failed or rows rejected · 3 paused
· 130 interrupted.`,
};

/** Elsewhere, the stage's workers call the provider. */
function requireWork(config: Config, simulate: boolean): void {
  const { stage } = config;
  if (isEmbedded(stage)) requireKey(config, simulate);
}

function refuseSimulatedElsewhere(options: RunOptions): void {
  const config = configOf(options);
  const { stage } = config;
  if (isEmbedded(stage) || !isSimulated(config, options)) return;
  throw new UsageError(
    `run --simulate works on this machine only; for stage ${stage}, start \`pressrun worker --stage ${stage} --simulate\``,
  );
}

async function runFile(context: CommandContext, run: Run): Promise<ExitCode> {
  const { config, simulated } = run;
  const startedMs = performance.now();
  const copying = createImageCopier();
  const bar = context.out.json
    ? undefined
    : createProgressBar(process.stderr, () => performance.now(), usdPerCreditOf(config));
  const notify = createListener(context, config.stage, copying, bar);
  const options: StageOpening = { notify, ...simulated?.effectOptions };
  return await withStage(config, 'look', options, async (stage) => {
    const { effects } = stage.runtime;
    requireModel(effects, run.options);
    printNotes(context.out, run.file);
    const ask = { ...run, callsAtOnce: config.itemsAtOnce };
    const refusal = await refusalOf(effects, ask, run.approvedMicro, context);
    if (refusal !== undefined) return refusal;
    const { batch, key } = await submitBatch(effects, run.file, run.options, {
      regeneratesMissing: true,
      say: (line) => context.out.say(line),
    });
    const folder = await prepareOutFolder(effects.store, batch, run.out, {
      stage: stage.folder,
      input: run.file.path,
      textFiles: run.textFiles,
      say: context.out.say,
    });
    copying.start(folder);
    sayIfResting(context.out, { stage: config.stage, isResting: stage.isResting });
    const before = await batchStatus(effects, batch);
    const say = (line: string) => {
      bar?.stop();
      context.out.say(line);
    };
    const work = isEmbedded(config.stage)
      ? await startLocalWork(stage, { config, batch, key, say })
      : undefined;
    const failure = () => copying.failure() ?? work?.failure();
    await followWithBar(context, stage, { batch, bar, work, failure });
    await copying.finished();
    await requestedSheet(effects, batch, say);
    return await reportRun(context, stage, {
      stage: config.stage,
      batch,
      folder,
      before,
      simulated,
      work,
      startedMs,
    });
  });
}

/** Copies images as they are generated, and prints events above the bar. */
function createListener(
  { out }: CommandContext,
  stage: string,
  copying: Pick<ImageCopier, 'add'>,
  bar: ProgressBar | undefined,
): (event: PipelineEvent) => void {
  const reportNearlySpent = budgetWarningReporter(stage, (line) => {
    bar?.stop();
    out.say(line);
  });
  return (event) => {
    if (event.kind === 'item-ended' && event.imageKey) copying.add(event.imageKey);
    reportNearlySpent(event);
  };
}

interface Following {
  readonly batch: BatchId;
  readonly bar: ProgressBar | undefined;
  readonly work: LocalWork | undefined;
  readonly failure: () => unknown;
}

async function followWithBar(
  context: CommandContext,
  { runtime }: OpenStage,
  { batch, bar, work, failure }: Following,
): Promise<void> {
  const { effects } = runtime;
  const say = (line: string) => {
    bar?.stop();
    context.out.say(line);
  };
  const waits = createWaitReporter(effects, say);
  const show = (status: BatchStatus) => {
    const note = waits.note() ?? (status.state === 'finishing' ? 'writing the manifest' : undefined);
    bar?.show(status, note);
  };
  if (work !== undefined) announceWait(context, () => bar?.stop());
  const time = work && watchTime(effects.clock, (jump) => say(jumpLine(jump)));
  try {
    await follow(effects, batch, context.interrupted, show, failure);
    if (work !== undefined) await followUntil(work.stop(), effects, batch, show);
  } finally {
    bar?.stop();
    await work?.stop();
    await time?.stop();
  }
}
