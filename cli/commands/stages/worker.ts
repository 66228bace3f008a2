import type { Command } from 'commander';
import type { PipelineEvent } from '../../../shared/pipeline/effects.ts';
import { hasUnreadUploads } from '../../../shared/pipeline/ingest/uploads.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { watchTime } from '../../../shared/runtime/time-watch.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import {
  CONCURRENCY,
  CONCURRENCY_HELP,
  type ConcurrencyFlag,
  withConcurrency,
} from '../../flags/concurrency.ts';
import { addHelp } from '../../flags/help.ts';
import { requireKey } from '../../flags/require-key.ts';
import { addSimulatorFlags, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { budgetWarningReporter } from '../../stage/budget-warning.ts';
import { createRequestedSheets } from '../../stage/contact-sheets.ts';
import { announceWait } from '../../stage/interrupts.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { startRunSimulator } from '../../stage/run-simulator.ts';
import { requireStageKeys } from '../../stage/stage-keys.ts';
import { startStageWork } from '../../stage/stage-work.ts';
import {
  configOf,
  isSimulated,
  printPriceSource,
  type StageOptions,
  stageConfigOf,
} from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { type BatchReporter, createBatchReporter } from '../../text/batch-reporter.ts';
import { jumpLine } from '../../text/clock-time.ts';
import { CREATE, createStage, refuseCreationOnAws } from './create-stage.ts';
import { refuseMixedLedgers } from './simulated-stage.ts';

interface WorkerOptions extends StageOptions, SimulatorFlags, ConcurrencyFlag {
  readonly untilIdle?: boolean;
  readonly create?: boolean;
  readonly resume?: boolean;
}

const POLL_MS = 500;

/** `pressrun worker` */
export function defineWorker(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--until-idle', 'End when nothing is left to do [work until Ctrl-C]')
    .option('--resume', "End a deployed stage's pauses first, like `pressrun resume`")
    .option(...CREATE);
  addSimulatorFlags(command.option(...CONCURRENCY)).action(
    act(async (context, options: WorkerOptions) => {
      if (options.create) refuseCreationOnAws(configOf(options));
      const config = withConcurrency(await stageConfigOf(options), options);
      const simulate = isSimulated(config, options);
      // A deployed stage has its own keys and configuration.
      if (config.keySecret === undefined || simulate) requireKey(config, simulate);
      else {
        printPriceSource(context.out, config);
        await requireStageKeys(config, (line) => context.out.say(line));
      }
      if (options.create) await createStage(config);
      const simulated = simulate ? await startRunSimulator(options) : undefined;
      try {
        const tellBudget = budgetWarningReporter(config.stage, (line) => context.out.say(line));
        const own = ownPauses();
        const notify = (event: PipelineEvent) => {
          tellBudget(event);
          own.see(event);
        };
        return await withStage(config, 'work', { notify, ...simulated?.effectOptions }, async (stage) => {
          await refuseMixedLedgers(stage, config, { simulate, creates: options.create === true });
          return await work(context, stage, config, { ...options, own });
        });
      } finally {
        await simulated?.close();
      }
    }),
  );
}

const HELP = {
  examples: `  $ pressrun worker --until-idle               generate what you submitted
  $ pressrun worker --stage studio             help a deployed stage
  $ pressrun worker --stage studio --resume    end its pauses first
  $ pressrun worker --stage lab --create --simulate     on a compatible server`,
  notes: `Processes every file under uploads/: from \`pressrun submit\`, any S3 client, or
copied into .pressrun/local/objects/uploads/. A worker of a deployed stage takes
keys, models, and prices from the stage, none from this machine.
${CONCURRENCY_HELP}

Environment: CORE_TODAY_API_KEY (needed without --simulate),
PRESSRUN_PROVIDER_URL, PRESSRUN_ITEMS_AT_ONCE (16); for deployed stages the AWS
variables (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …).

Exit codes: 0 · with --until-idle: as of run, over all batches that ended.`,
};

async function work(
  context: CommandContext,
  stage: OpenStage,
  config: Config,
  { untilIdle = false, resume = false, own }: WorkerOptions & { readonly own: OwnPauses },
): Promise<ExitCode> {
  const { effects } = stage.runtime;
  // A missing bucket shows here, not only in the log.
  await hasUnreadUploads(effects);
  const say = (line: string) => context.out.say(line);
  const sheets = createRequestedSheets(effects, say);
  const teller = await createBatchReporter(effects, config.stage, say, sheets.over);
  const workers = await startStageWork(stage, config, resume ? { endsPauses: true } : {});
  const time = watchTime(effects.clock, (jump) => context.out.say(jumpLine(jump)));
  announceWait(context, () => context.out.say());
  context.out.say(
    `working for stage ${config.stage}, ${config.itemsAtOnce} calls at a time; the log is ${stage.logPath}`,
  );
  try {
    return await watch(context, stage, teller, { untilIdle, own });
  } finally {
    await workers.stop();
    await sheets.finished();
    await time.stop();
  }
}

/** Prints progress until interrupted, or with `untilIdle` until nothing is left or you must act. */
async function watch(
  { interrupted, out }: CommandContext,
  { runtime, embedded, isDeployed }: OpenStage,
  teller: BatchReporter,
  { untilIdle, own }: { readonly untilIdle: boolean; readonly own: OwnPauses },
): Promise<ExitCode> {
  const { effects } = runtime;
  while (!interrupted.aborted) {
    const trouble = embedded?.trouble();
    if (trouble !== undefined) throw trouble;
    // In this order, an upload that has become a batch counts as an open one.
    const unread = untilIdle && (await hasUnreadUploads(effects));
    const { open, paused } = await teller.look();
    const isPaused = isDeployed && own.told(out);
    if (untilIdle && (paused || isPaused)) return EXIT.paused;
    if (untilIdle && !unread && !open) return teller.anyIncomplete() ? EXIT.incomplete : EXIT.ok;
    await effects.clock.sleep(POLL_MS, interrupted);
  }
  return EXIT.interrupted;
}

type Pause = Extract<PipelineEvent, { kind: 'paused' }>;

/** This process's pauses; a deployed stage's own workers may continue. */
interface OwnPauses {
  see(event: PipelineEvent): void;
  /** Prints a new one; `false` if there is none. */
  told(out: CommandContext['out']): boolean;
}

function ownPauses(): OwnPauses {
  const seen: Pause[] = [];
  return {
    see: (event) => {
      if (event.kind === 'paused') seen.push(event);
    },
    told: (out) => {
      const pause = seen.pop();
      if (pause === undefined) return false;
      out.say(`Paused: this worker (${pause.code}); the others continue.`);
      out.say(`To resume: ${pause.hint}, then start it again.`);
      return true;
    },
  };
}
