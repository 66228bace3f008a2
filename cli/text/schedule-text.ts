import { formatCredits } from '../../shared/domain/money/money.ts';
import { nextPlanned } from '../../shared/domain/schedule/planned-times.ts';
import type { Schedule, ScheduleTiming } from '../../shared/domain/schedule/schedule.ts';
import { wallText } from '../../shared/domain/schedule/wall-clock.ts';
import type { RunInHistory } from '../../shared/pipeline/schedule/schedule-history.ts';
import { textTable } from './text-table.ts';

/** A schedule with its last run, as `schedule list` shows it. */
export interface ListedSchedule {
  readonly schedule: Schedule;
  readonly last: RunInHistory | undefined;
}

/** `cron 0 8 * * MON`, `every 6h`, `once 2026-12-24 18:00`. */
function whenText(timing: ScheduleTiming): string {
  switch (timing.kind) {
    case 'cron':
      return `cron ${timing.expression}`;
    case 'rate':
      return `every ${lengthText(timing.minutes)}`;
    case 'at':
      return `once ${timing.wall.replace('T', ' ')}`;
  }
}

/** `active`, `paused`, or `over` where nothing is planned any more. */
function stateOf(schedule: Schedule, nowMs: number): 'active' | 'paused' | 'over' {
  if (nextPlanned(schedule, nowMs, 1).length === 0) return 'over';
  return schedule.paused ? 'paused' : 'active';
}

/** The next run in words: `next 2026-11-23 08:00 Europe/Berlin`, `paused`, `over`. */
export function nextText(schedule: Schedule, nowMs: number): string {
  const state = stateOf(schedule, nowMs);
  const [nextMs = 0] = nextPlanned(schedule, nowMs, 1);
  return state === 'active' ? `next ${wallText(nextMs, schedule.timeZone)} ${schedule.timeZone}` : state;
}

export function listText(listed: readonly ListedSchedule[], nowMs: number): string {
  if (listed.length === 0) return 'no schedules yet: `pressrun schedule add NAME FILE --cron …` makes one';
  const rows = listed.map(({ schedule, last }) => [
    schedule.name,
    whenText(schedule.timing),
    nextText(schedule, nowMs),
    last === undefined
      ? '-'
      : `${wallText(Date.parse(last.plannedAt), schedule.timeZone)} ${outcomeText(last)}`,
  ]);
  return textTable(['schedule', 'when', 'state', 'last run'], rows);
}

export function showText(schedule: Schedule, history: readonly RunInHistory[], nowMs: number): string {
  const { name, timing, timeZone, sourceKey, ownsSource, overlap, catchUp } = schedule;
  const options = Object.entries(optionTexts(schedule)).map(([option, text]) => `${option} ${text}`);
  const lines = [
    `schedule  ${name} · ${stateOf(schedule, nowMs)}`,
    `when      ${whenText(timing)}, ${timeZone}${boundsText(schedule)}`,
    `source    ${sourceKey}${ownsSource ? ', stored with it' : ', read at each run'}`,
    ...(options.length === 0 ? [] : [`options   ${options.join(' · ')}`]),
    `overlap   ${overlap} · catch-up ${catchUp}`,
    ...nextPlanned(schedule, nowMs, 1).map((ms) => `next      ${wallText(ms, timeZone)}`),
  ];
  if (history.length === 0) return [...lines, 'no runs yet'].join('\n');
  const rows = history.map((run) => [
    wallText(Date.parse(run.plannedAt), timeZone),
    run.state === 'skipped' ? '-' : run.run,
    outcomeText(run),
    formatCredits(run.creditsMicro),
  ]);
  return `${lines.join('\n')}\n\n${textTable(['planned', 'run', 'outcome', 'credits'], rows)}`;
}

/** One document a schedule; times are ISO 8601 in UTC, money is micro-credits. */
export function scheduleJson({ schedule, last }: ListedSchedule, nowMs: number) {
  const { name, timing, timeZone, sourceKey, overlap, catchUp, startAt, endAt } = schedule;
  const [nextMs] = nextPlanned(schedule, nowMs, 1);
  return {
    name,
    when: timing,
    timeZone,
    source: sourceKey,
    overlap,
    catchUp,
    state: stateOf(schedule, nowMs),
    startAt,
    endAt: endAt ?? null,
    next: nextMs === undefined || schedule.paused ? null : new Date(nextMs).toISOString(),
    last: last ?? null,
  };
}

/** The options of its batches by name, as they were given. */
export function optionTexts({ metadata }: Schedule): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key.replace('pressrun-', ''), decodeURIComponent(value)]),
  );
}

function outcomeText(run: RunInHistory): string {
  switch (run.state) {
    case 'begun':
      return 'begun';
    case 'submitted':
      return `${run.batch} ${run.batchState ?? 'submitted'}`;
    case 'failed':
    case 'skipped':
      return `${run.state}: ${run.reason}`;
  }
}

function boundsText({ timing, startAt, endAt, createdAt, timeZone }: Schedule): string {
  if (timing.kind === 'at') return '';
  const start =
    Date.parse(startAt) > Date.parse(createdAt) + 60_000
      ? `, from ${wallText(Date.parse(startAt), timeZone)}`
      : '';
  return start + (endAt === undefined ? '' : `, until ${wallText(Date.parse(endAt), timeZone)}`);
}

function lengthText(minutes: number): string {
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}
