import { formatCredits } from '../../shared/domain/money/money.ts';
import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import { nextScheduled } from '../../shared/domain/schedule/scheduled-times.ts';
import { wallText } from '../../shared/domain/schedule/wall-clock.ts';
import type { RunInHistory } from '../../shared/pipeline/schedule/schedule-history.ts';
import { type ListedSchedule, stateOf, whenText } from '../../shared/pipeline/schedule/schedule-json.ts';
import { textTable } from './text-table.ts';

/** `next 2026-11-23 08:00 Europe/Berlin`, `paused`, `over`. */
export function nextText(schedule: Schedule, nowMs: number): string {
  const state = stateOf(schedule, nowMs);
  const [nextMs = 0] = nextScheduled(schedule, nowMs, 1);
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
    ...nextScheduled(schedule, nowMs, 1).map((ms) => `next      ${wallText(ms, timeZone)}`),
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

/** Its batches' options by name, as given. */
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
