import type { Command } from 'commander';
import type { Schedule } from '../../../shared/domain/schedule/schedule.ts';
import { nextScheduled } from '../../../shared/domain/schedule/scheduled-times.ts';
import { wallText } from '../../../shared/domain/schedule/wall-clock.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { type RunInHistory, scheduleHistory } from '../../../shared/pipeline/schedule/schedule-history.ts';
import { type ListedSchedule, scheduleJson } from '../../../shared/pipeline/schedule/schedule-json.ts';
import { runTick } from '../../../shared/pipeline/schedule/schedule-tick.ts';
import {
  allSchedules,
  pauseSchedule,
  readSchedule,
  removeSchedule,
} from '../../../shared/pipeline/schedule/schedules.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { listByDefault } from '../../flags/list-by-default.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { withScheduleTriggers } from '../../stage/schedule-triggers.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { listText, nextText, optionTexts, showText } from '../../text/schedule-text.ts';
import { UsageError } from '../../usage-error.ts';
import { addCommand, withAddFlags } from './schedule-add.ts';

/** Runs in `schedule show`. */
const HISTORY = 20;
const NEXT = 5;

/** `pressrun schedule …` */
export function defineSchedule(schedule: Command, act: Act): void {
  const sub = (usage: string, about: string) =>
    addHelp(schedule.command(usage).description(about), HELP).option(...SIMULATE);
  addHelp(schedule, HELP);
  withAddFlags(sub('add <name> [file]', 'Add a schedule; it keeps a copy of the file')).action(
    act(addCommand),
  );
  addHelp(listByDefault(schedule, 'List all schedules with their next and last runs'), HELP)
    .option(...SIMULATE)
    .action(act(list));
  sub('show <name>', 'Show a schedule with its newest runs and their costs').action(act(show));
  sub('next <name>', 'Print its next five times').action(act(next));
  sub('pause <name>', 'Pause a schedule until you resume it').action(
    act((context, name: string, options: StageOptions) => setPaused(context, name, options, true)),
  );
  sub('resume <name>', 'Resume a schedule from now on').action(
    act((context, name: string, options: StageOptions) => setPaused(context, name, options, false)),
  );
  sub('run <name>', 'Run it once, now').action(act(runNow));
  sub('remove <name>', 'Remove it; its history and batches stay').action(act(remove));
}

const HELP = {
  examples: `  $ pressrun schedule add weekly w.csv --cron '0 8 * * MON' --tz Asia/Seoul
  $ pressrun schedule add xmas cards.csv --at 2026-12-24T18:00 --tz Asia/Seoul
  $ pressrun schedule add sky --source schedules/sky.csv --every 6h
  $ pressrun schedule next weekly
  $ pressrun schedule show weekly --json`,
  notes: `Prompts, name, tags, and template can use {{date}}, {{week}}, and {{month}} (of
the scheduled time, in the schedule's zone) and {{run}} (its number). Every item
gets the tag schedule=NAME. On this machine, schedules run while \`pressrun dev\`
does.`,
};

async function list({ out }: CommandContext, options: StageOptions): Promise<ExitCode> {
  return await withStage(await readOnlyConfig(out, options), 'look', {}, async ({ runtime }) => {
    const { table, clock } = runtime.effects;
    const listed: ListedSchedule[] = [];
    for await (const schedule of allSchedules(table)) {
      const [last] = await historyOf(runtime.effects, schedule, 1);
      listed.push({ schedule, last });
    }
    const nowMs = clock.now();
    out.result(listText(listed, nowMs), { schedules: listed.map((each) => scheduleJson(each, nowMs)) });
    return EXIT.ok;
  });
}

async function show({ out }: CommandContext, name: string, options: StageOptions): Promise<ExitCode> {
  return await withSchedule(out, name, options, async (schedule, { runtime }) => {
    const history = await historyOf(runtime.effects, schedule, HISTORY);
    const nowMs = runtime.effects.clock.now();
    const json = {
      ...scheduleJson({ schedule, last: history[0] }, nowMs),
      options: optionTexts(schedule),
      runs: history,
    };
    out.result(showText(schedule, history, nowMs), json);
    return EXIT.ok;
  });
}

async function next({ out }: CommandContext, name: string, options: StageOptions): Promise<ExitCode> {
  return await withSchedule(out, name, options, async (schedule, { runtime }) => {
    const { timeZone, paused } = schedule;
    const times = nextScheduled(schedule, runtime.effects.clock.now(), NEXT);
    if (paused) out.say(`schedule ${name} is paused: it would run at`);
    if (times.length === 0) out.say(`schedule ${name} has ended; no more runs`);
    out.result(times.map((ms) => `${wallText(ms, timeZone)} ${timeZone}`).join('\n'), {
      schedule: name,
      timeZone,
      paused,
      next: times.map((ms) => ({ at: new Date(ms).toISOString(), local: wallText(ms, timeZone) })),
    });
    return EXIT.ok;
  });
}

async function setPaused(
  { out }: CommandContext,
  name: string,
  options: StageOptions,
  paused: boolean,
): Promise<ExitCode> {
  return await withSchedule(out, name, options, async (schedule, { runtime }, config) => {
    await withScheduleTriggers(config, (timetable) =>
      pauseSchedule(runtime.effects, timetable, schedule, paused),
    );
    const nowMs = runtime.effects.clock.now();
    const changed = { schedule: { ...schedule, paused }, last: undefined };
    out.result(`schedule ${name}: ${nextText(changed.schedule, nowMs)}`, scheduleJson(changed, nowMs));
    return EXIT.ok;
  });
}

async function runNow({ out }: CommandContext, name: string, options: StageOptions): Promise<ExitCode> {
  return await withSchedule(out, name, options, async (_, { runtime, mayChange }, config) => {
    const { effects } = runtime;
    const plannedAt = new Date(effects.clock.now()).toISOString();
    const result = await runTick(effects, { schedule: name, plannedAt }, 'by-hand');
    if (result.kind !== 'submitted') {
      throw new UsageError(`schedule ${name}: ${'reason' in result ? result.reason : 'it was removed'}`);
    }
    if (isEmbedded(config.stage) && !mayChange)
      out.say(
        'No worker is running. To generate its images: `pressrun worker --until-idle`, or `pressrun dev`',
      );
    out.result(result.batch, { schedule: name, run: result.run, batch: result.batch });
    return EXIT.ok;
  });
}

async function remove({ out }: CommandContext, name: string, options: StageOptions): Promise<ExitCode> {
  return await withSchedule(out, name, options, async (schedule, { runtime }, config) => {
    await withScheduleTriggers(config, (timetable) => removeSchedule(runtime.effects, timetable, schedule));
    out.result(`schedule ${name} is removed; its history and its batches stay`, { removed: name });
    return EXIT.ok;
  });
}

async function withSchedule(
  out: CommandContext['out'],
  name: string,
  options: StageOptions,
  act: (
    schedule: Schedule,
    stage: OpenStage,
    config: Awaited<ReturnType<typeof readOnlyConfig>>,
  ) => Promise<ExitCode>,
): Promise<ExitCode> {
  const config = await readOnlyConfig(out, options);
  return await withStage(config, 'look', {}, async (stage) => {
    const schedule = await readSchedule(stage.runtime.effects.table, name);
    if (schedule !== undefined) return await act(schedule, stage, config);
    throw new UsageError(`there is no schedule "${name}": \`pressrun schedule list\` shows those there are`);
  });
}

async function historyOf(
  { table }: Pick<Effects, 'table'>,
  { name }: Schedule,
  limit: number,
): Promise<RunInHistory[]> {
  const runs: RunInHistory[] = [];
  for await (const run of scheduleHistory(table, name, limit)) runs.push(run);
  return runs;
}
