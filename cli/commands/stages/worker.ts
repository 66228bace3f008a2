import type { Command } from 'commander';
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
import { requireKey } from '../../flags/require-key.ts';
import { addSimulatorFlags, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { budgetWarningReporter } from '../../stage/budget-warning.ts';
import { announceWait } from '../../stage/interrupts.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { startSimulatedProvider } from '../../stage/simulated-provider.ts';
import { startStageWork } from '../../stage/stage-work.ts';
import { configOf, isSimulated, type StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { type BatchReporter, createBatchReporter } from '../../text/batch-reporter.ts';
import { jumpLine } from '../../text/clock-time.ts';
import { createStage } from './create-stage.ts';

interface WorkerOptions extends StageOptions, SimulatorFlags, ConcurrencyFlag {
  readonly untilIdle?: boolean;
  readonly create?: boolean;
}

const POLL_MS = 500;

/** `pressrun worker`: takes in uploads and makes images for a stage, from this machine. */
export function defineWorker(command: Command, act: Act): void {
  command
    .option('--until-idle', 'end when there is nothing left to do (default: work until Ctrl-C)')
    .option('--create', "make the stage's bucket, queues and table first, on an AWS-compatible server");
  addSimulatorFlags(command.option(...CONCURRENCY))
    .addHelpText('after', HELP)
    .action(
      act(async (context, options: WorkerOptions) => {
        const config = withConcurrency(configOf(options), options);
        const simulate = isSimulated(config, options);
        requireKey(config, simulate);
        if (options.create) await createStage(config);
        const simulated = simulate ? await startSimulatedProvider(options) : undefined;
        try {
          const notify = budgetWarningReporter(config.stage, (line) => context.out.say(line));
          return await withStage(config, 'work', { notify, ...simulated?.effectOptions }, (stage) =>
            work(context, stage, config, options.untilIdle === true),
          );
        } finally {
          await simulated?.close();
        }
      }),
    );
}

const HELP = `
Every file under uploads/ is taken in once, whoever put it there: \`pressrun submit\`, any S3 client, or a person who
copies it into .pressrun/local/objects/uploads/.
${CONCURRENCY_HELP}

Examples:
  $ pressrun worker --until-idle                     make what was submitted on this machine
  $ pressrun worker --stage studio                   help a stage elsewhere, until Ctrl-C
  $ AWS_ENDPOINT_URL=http://127.0.0.1:4566 pressrun worker --stage lab --create --simulate

Environment: CORE_TODAY_API_KEY (needed without --simulate), PRESSRUN_PROVIDER_URL, PRESSRUN_ITEMS_AT_ONCE (16), and
for stages elsewhere the AWS variables (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …).

Exit codes with --until-idle: as of run, over all batches that ended meanwhile.`;

async function work(
  context: CommandContext,
  stage: OpenStage,
  config: Config,
  untilIdle: boolean,
): Promise<ExitCode> {
  const { effects } = stage.runtime;
  // A bucket that is missing shows here, not in the log alone.
  await hasUnreadUploads(effects);
  const teller = await createBatchReporter(effects, config.stage, (line) => context.out.say(line));
  const workers = await startStageWork(stage, config);
  const time = watchTime(effects.clock, (jump) => context.out.say(jumpLine(jump)));
  announceWait(context, () => context.out.say());
  context.out.say(
    `working for stage ${config.stage}, ${config.itemsAtOnce} calls at a time; the log is ${stage.logPath}`,
  );
  try {
    return await watch(context, stage, teller, untilIdle);
  } finally {
    await workers.stop();
    await time.stop();
  }
}

/** Tells how it goes until it is interrupted, or with `untilIdle` until nothing is left, or only a person can help. */
async function watch(
  { interrupted }: CommandContext,
  { runtime, embedded }: OpenStage,
  teller: BatchReporter,
  untilIdle: boolean,
): Promise<ExitCode> {
  const { effects } = runtime;
  while (!interrupted.aborted) {
    const trouble = embedded?.trouble();
    if (trouble !== undefined) throw trouble;
    // In this order: an upload that is a batch by now is seen as an open one.
    const unread = untilIdle && (await hasUnreadUploads(effects));
    const { open, paused } = await teller.look();
    if (untilIdle && paused) return EXIT.paused;
    if (untilIdle && !unread && !open) return teller.anyIncomplete() ? EXIT.incomplete : EXIT.ok;
    await effects.clock.sleep(POLL_MS, interrupted);
  }
  return EXIT.interrupted;
}
