import type { Command } from 'commander';
import { optionsToMetadata } from '../../../shared/domain/batch/batch-options.ts';
import {
  CATCH_UPS,
  isScheduleName,
  OVERLAPS,
  type Schedule,
} from '../../../shared/domain/schedule/schedule.ts';
import { nextScheduled } from '../../../shared/domain/schedule/scheduled-times.ts';
import { type AskedTiming, parseTiming } from '../../../shared/domain/schedule/timing.ts';
import { scheduleVariables } from '../../../shared/domain/schedule/variables.ts';
import type { PromptFile } from '../../../shared/pipeline/ingest/submit.ts';
import { storeScheduleFile } from '../../../shared/pipeline/schedule/schedule-file.ts';
import { scheduleJson } from '../../../shared/pipeline/schedule/schedule-json.ts';
import { SCHEDULES_PREFIX, scheduledMetadata } from '../../../shared/pipeline/schedule/scheduled-batch.ts';
import { addSchedule, readSchedule } from '../../../shared/pipeline/schedule/schedules.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { openPromptFile } from '../../files/prompt-file.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../../flags/batch-flags.ts';
import { requireModel } from '../../flags/require-model.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { withScheduleTriggers } from '../../stage/schedule-triggers.ts';
import { type StageOptions, stageConfigOf } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { printNotes } from '../../text/file-notes.ts';
import { nextText } from '../../text/schedule-text.ts';
import { UsageError } from '../../usage-error.ts';

interface AddOptions extends StageOptions, BatchFlags, AskedTiming {
  readonly source?: string;
  readonly overlap: string;
  readonly catchUp: string;
  readonly paused?: boolean;
}

/** Flags of `schedule add`: timing, source, and batch options. */
export function withAddFlags(command: Command): Command {
  command
    .option('--cron <fields>', "Minute hour day month weekday: '0 8 * * MON'")
    .option('--every <length>', 'Repeat: 90m, 6h, or 2d (24 hours each)')
    .option('--at <time>', 'Once: 2026-12-24T18:00')
    .option('--tz <zone>', 'Time zone, such as Europe/Berlin [UTC]')
    .option('--start <time>', 'No run before; --every counts from it [next minute]')
    .option('--end <time>', 'No run after')
    .option('--source <key>', `Object below ${SCHEDULES_PREFIX}, read at each run, instead of a file`)
    .option('--overlap <policy>', 'While the previous batch runs: skip or queue', 'skip')
    .option('--catch-up <policy>', 'Runs missed while `dev` was off: skip or latest', 'skip')
    .option('--paused', 'Add it paused');
  return addBatchFlags(command);
}

/** `pressrun schedule add NAME FILE`. Checks everything before it writes. */
export async function addCommand(
  { out }: CommandContext,
  name: string,
  path: string | undefined,
  options: AddOptions,
): Promise<ExitCode> {
  const config = await stageConfigOf(options);
  const nowMs = Date.now();
  const wanted = wantedSchedule(name, options, nowMs, config);
  const batchOptions = batchOptionsOf(options, config);
  requireModel(config, batchOptions);
  if ((path === undefined) === (options.source === undefined)) {
    throw new UsageError('name a file, which is stored with the schedule, or an object with --source KEY');
  }
  const file = path === undefined ? undefined : await openPromptFile(path, batchOptions, options);
  refuseLocalReferences(path, file);
  return await withScheduleTriggers(config, (timetable) =>
    withStage(config, 'look', {}, async (stage) => {
      const { effects } = stage.runtime;
      if ((await readSchedule(effects.table, name)) !== undefined) throw alreadyThere(name);
      const source = { file, key: options.source ?? '' };
      const schedule = await storedSchedule(effects, wanted, source);
      if (!(await addSchedule(effects, timetable, schedule))) throw alreadyThere(name);
      if (!schedule.ownsSource && (await effects.store.head(schedule.sourceKey)) === undefined)
        out.say(`there is no object ${schedule.sourceKey} yet: runs fail until there is`);
      printNotes(out, file ?? {});
      if (isEmbedded(config.stage)) sayWhoTicks(out, stage);
      out.result(
        `schedule ${name}: ${nextRunText(schedule, nowMs)}`,
        scheduleJson({ schedule, last: undefined }, nowMs),
      );
      return EXIT.ok;
    }),
  );
}

/** The schedule with its source: a named object, or the file, stored with it. */
async function storedSchedule(
  effects: Parameters<typeof storeScheduleFile>[0],
  wanted: Omit<Schedule, 'sourceKey' | 'ownsSource'>,
  { file, key }: { readonly file: PromptFile | undefined; readonly key: string },
): Promise<Schedule> {
  if (file === undefined) return { ...wanted, sourceKey: key, ownsSource: false };
  return { ...wanted, sourceKey: await storeScheduleFile(effects, wanted.name, file), ownsSource: true };
}

function nextRunText(schedule: Schedule, nowMs: number): string {
  return nextScheduled(schedule, nowMs, 1).length === 0 ? 'nothing is planned' : nextText(schedule, nowMs);
}

/** Its runs may start while this machine is off. */
function refuseLocalReferences(path: string | undefined, file: PromptFile | undefined): void {
  const [first] = file?.references ?? [];
  if (first === undefined) return;
  throw new UsageError(
    `${path}: the reference ${first.written} is a file on this machine: put it into the bucket, and name its key or a link`,
  );
}

function wantedSchedule(
  name: string,
  options: AddOptions,
  nowMs: number,
  config: Config,
): Omit<Schedule, 'sourceKey' | 'ownsSource'> {
  if (!isScheduleName(name)) {
    throw new UsageError(
      `"${name}" cannot be a schedule's name: take up to 60 letters, digits, and inner _ . -`,
    );
  }
  const parsed = parseTiming(options, nowMs);
  if (parsed.kind === 'problem') throw usageOf(parsed);
  const { kind: _, ...timing } = parsed;
  const createdAt = new Date(nowMs).toISOString();
  return {
    name,
    ...timing,
    metadata: metadataOf(name, options, timing.timeZone, config),
    overlap: oneOf('--overlap', OVERLAPS, options.overlap),
    catchUp: oneOf('--catch-up', CATCH_UPS, options.catchUp),
    paused: options.paused === true,
    createdAt,
    runs: 0,
    seenUntil: createdAt,
  };
}

/** The options as metadata, checked with a run's variables, so that no run fails by them. */
function metadataOf(
  name: string,
  options: AddOptions,
  timeZone: string,
  config: Config,
): Schedule['metadata'] {
  if (options.source !== undefined && !isSourceKey(options.source)) {
    throw new UsageError(`--source is "${options.source}"; it must be a key below ${SCHEDULES_PREFIX}`);
  }
  const own = optionsToMetadata(batchOptionsOf(options, config), config.defaultModel);
  if (own.kind === 'problem') throw usageOf(own);
  const variables = scheduleVariables('2026-12-31T12:00:00Z', timeZone, 100_000);
  const tried = scheduledMetadata({ name, metadata: own.metadata }, variables);
  if (tried.kind === 'problem') throw usageOf(tried);
  return own.metadata;
}

function usageOf({ message }: { readonly message: string }): UsageError {
  return new UsageError(message.replaceAll('pressrun-', '--'));
}

function isSourceKey(key: string): boolean {
  return key.startsWith(SCHEDULES_PREFIX) && !key.endsWith('/') && !key.split('/').includes('..');
}

function oneOf<Value extends string>(flag: string, values: readonly Value[], text: string): Value {
  const value = values.find((each) => each === text);
  if (value !== undefined) return value;
  throw new UsageError(`${flag} is "${text}"; there are ${values.join(', ')}`);
}

function sayWhoTicks(out: CommandContext['out'], { mayChange }: OpenStage): void {
  if (!mayChange) out.say('It runs while `pressrun dev` does.');
}

function alreadyThere(name: string): UsageError {
  return new UsageError(
    `there is a schedule ${name} already: \`pressrun schedule show ${name}\`; to change it, remove it and add it again`,
  );
}
