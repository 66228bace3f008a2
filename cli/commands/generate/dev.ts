import { join } from 'node:path';
import type { Command } from 'commander';
import type { DashboardHost } from '../../../dashboard/host.ts';
import { startTicker } from '../../../local/stage/ticker.ts';
import { wallText } from '../../../shared/domain/schedule/wall-clock.ts';
import type { Effects, PipelineEvent } from '../../../shared/pipeline/effects.ts';
import type { DueRun } from '../../../shared/pipeline/schedule/due-runs.ts';
import { allSchedules } from '../../../shared/pipeline/schedule/schedules.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { watchTime } from '../../../shared/runtime/time-watch.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { type BatchFolders, createBatchFolders } from '../../files/batch-folders.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { openInSystem } from '../../files/open-in-system.ts';
import { watchFolder } from '../../files/watch-folder.ts';
import { ALLOW_REFERENCES } from '../../flags/batch-flags.ts';
import {
  CONCURRENCY,
  CONCURRENCY_HELP,
  type ConcurrencyFlag,
  withConcurrency,
} from '../../flags/concurrency.ts';
import { addHelp } from '../../flags/help.ts';
import { requireKey } from '../../flags/require-key.ts';
import { addSimulatorFlags, numberOf, type SimulatorFlags } from '../../flags/simulator-flags.ts';
import { budgetWarningReporter } from '../../stage/budget-warning.ts';
import { createRequestedSheets } from '../../stage/contact-sheets.ts';
import { dashboardHost, WORKERS_RUNNING } from '../../stage/dashboard-host.ts';
import { announceWait } from '../../stage/interrupts.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { startRunSimulator } from '../../stage/run-simulator.ts';
import { serveDashboard } from '../../stage/serve-dashboard.ts';
import { startStageWork } from '../../stage/stage-work.ts';
import { configOf, isSimulated, type StageOptions, stageFolder } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { createBatchReporter } from '../../text/batch-reporter.ts';
import { jumpLine } from '../../text/clock-time.ts';
import { oneLine } from '../../text/one-line.ts';
import { nextText } from '../../text/schedule-text.ts';
import { UsageError } from '../../usage-error.ts';

interface DevOptions extends StageOptions, SimulatorFlags, ConcurrencyFlag {
  readonly uploads: string;
  readonly out: string;
  readonly allowReferencesFrom?: readonly string[];
  readonly port?: string;
  readonly open?: boolean;
}

const LOOK_MS = 500;
const TICK_MS = 1_000;

/** `pressrun dev`: the local stage as a server. */
export function defineDev(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--uploads <folder>', 'Watch folder for prompt files', 'uploads')
    .option('--out <folder>', 'Folder for the images; each batch has its own below it', 'out')
    .option(...ALLOW_REFERENCES)
    .option('--port <n>', 'Port of the dashboard on 127.0.0.1 [a free one]')
    .option('--open', 'Open the dashboard in your browser');
  addSimulatorFlags(command.option(...CONCURRENCY)).action(
    act(async (context, options: DevOptions) => {
      const config = withConcurrency(configOf(options), options);
      requireLocal(config);
      const simulate = isSimulated(config, options);
      requireKey(config, simulate);
      await makeFolder(options.uploads);
      const simulated = simulate ? await startRunSimulator(options) : undefined;
      let effects: Effects | undefined;
      const folders = createBatchFolders(() => opened(effects), options.out, {
        stage: stageFolder(config),
        say: context.out.say,
      });
      try {
        const reportNearlySpent = budgetWarningReporter(config.stage, context.out.say);
        const notify = (event: PipelineEvent) => {
          folders.see(event);
          reportNearlySpent(event);
        };
        return await withStage(config, 'work', { notify, ...simulated?.effectOptions }, async (stage) => {
          effects = stage.runtime.effects;
          return await serve(context, stage, config, options, folders);
        });
      } finally {
        await simulated?.close();
      }
    }),
  );
}

const HELP = {
  examples: `  $ pressrun dev --simulate
  $ pressrun dev --uploads ~/prompts --out ~/pictures
  $ cp examples/postcards.csv uploads/         in another terminal
  $ pressrun schedule add daily prompts.csv --cron '0 8 * * *'`,
  notes: `Each prompt file that appears in --uploads becomes one batch, after it has been
copied completely. Uploads by \`pressrun submit\` or an S3 client are processed
too, and schedules run. \`submit\`, \`status\`, \`cost\`, and \`schedule\` work beside
it in another terminal.
${CONCURRENCY_HELP}

Environment: CORE_TODAY_API_KEY (needed without --simulate),
PRESSRUN_PROVIDER_URL, PRESSRUN_ITEMS_AT_ONCE (16).

Ctrl-C ends it with exit code 0: calls in progress finish, and the next start
resumes the rest.`,
};

function requireLocal({ stage }: Config): void {
  if (isEmbedded(stage)) return;
  throw new UsageError(
    `dev serves the local stage; for stage ${stage}, \`pressrun worker --stage ${stage}\` works from this machine`,
  );
}

function opened(effects: Effects | undefined): Effects {
  if (effects === undefined) throw new Error('nothing is made before the stage is open');
  return effects;
}

async function serve(
  context: CommandContext,
  stage: OpenStage,
  config: Config,
  options: DevOptions,
  folders: BatchFolders,
): Promise<ExitCode> {
  const { out, interrupted } = context;
  const { effects } = stage.runtime;
  const say = (line: string) => out.say(line);
  const sheets = createRequestedSheets(effects, say);
  const teller = await createBatchReporter(effects, config.stage, say, (batch) => {
    folders.over(batch);
    sheets.over(batch);
  });
  const schedules = createScheduleReporter(effects, say);
  announceWait(context, () => out.say());
  // Removes a dead process's leftovers first, or it would remove a file that arrives meanwhile.
  const work = await startStageWork(stage, config);
  out.say(
    `stage ${config.stage} is served, ${config.itemsAtOnce} calls at a time; Ctrl-C ends it; log: ${stage.logPath}`,
  );
  out.say(
    `drop files of prompts into ${join(options.uploads, '/')}, images appear in ${join(options.out, '<batch>/')}`,
  );
  const isSimulating = isSimulated(config, options);
  const parts = [
    work,
    watchTime(effects.clock, (jump) => say(jumpLine(jump))),
    startTicker(effects, TICK_MS, (run) => say(runText(run))),
    watchFolder({
      folder: options.uploads,
      effects,
      allowReferencesFrom: options.allowReferencesFrom,
      intervalMs: LOOK_MS,
      say,
    }),
    await startPage(dashboardHost(stage, config, isSimulating, WORKERS_RUNNING), options, say),
  ];
  try {
    while (!interrupted.aborted) {
      const trouble = stage.embedded?.trouble();
      if (trouble !== undefined) throw trouble;
      await schedules.look();
      await teller.look();
      await effects.clock.sleep(LOOK_MS, interrupted);
    }
  } finally {
    await Promise.all(parts.map((part) => part.stop()));
    await teller.look();
    await folders.finished();
    await sheets.finished();
  }
  out.say(`stage ${config.stage} has stopped; the next start resumes it`);
  return EXIT.ok;
}

/** The stage's dashboard; an error is printed and ends nothing. */
async function startPage(
  host: DashboardHost,
  options: DevOptions,
  say: (line: string) => void,
): Promise<{ stop(): Promise<void> }> {
  try {
    const served = await serveDashboard(
      host,
      options.port === undefined ? 0 : numberOf('--port', options.port),
    );
    say(`dashboard: ${served.newLink()}`);
    if (options.open) openInSystem(served.newLink());
    return { stop: served.close };
  } catch (error) {
    say(`no dashboard: ${oneLine(error)}`);
    return { stop: async () => undefined };
  }
}

/** Prints each schedule's next run when it changes. */
function createScheduleReporter({ table, clock }: Effects, say: (line: string) => void) {
  const told = new Map<string, string>();
  const look = async () => {
    for await (const schedule of allSchedules(table)) {
      const line = `schedule ${schedule.name}: ${nextText(schedule, clock.now())}`;
      if (told.get(schedule.name) !== line) say(line);
      told.set(schedule.name, line);
    }
  };
  return { look };
}

function runText({ schedule, plannedAt, result }: DueRun): string {
  const of = `schedule ${schedule.name}, ${wallText(Date.parse(plannedAt), schedule.timeZone)}`;
  switch (result.kind) {
    case 'submitted':
      return `${of}: run ${result.run} is batch ${result.batch}`;
    case 'skipped':
    case 'failed':
      return `${of}: ${result.kind}: ${result.reason}`;
    case 'ignored':
      return `${of}: removed or paused meanwhile`;
  }
}
