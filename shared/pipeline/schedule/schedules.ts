import type { Schedule } from '../../domain/schedule/schedule.ts';
import type { Effects } from '../effects.ts';
import type { Table } from '../ports.ts';
import { rowToSchedule, SCHEDULES, scheduleKey, scheduleToRow } from '../rows/schedule-row.ts';
import { rowToRun, runKey, runsPartition, type ScheduleRun } from '../rows/schedule-run-row.ts';

/** Triggers at scheduled times: EventBridge Scheduler on AWS; on one machine none, since `dev` reads the table. */
export interface ScheduleTriggers {
  /** Sets the schedule's trigger, disabled while paused. Safe to repeat. */
  keep(schedule: Schedule): Promise<void>;
  /** Removes the trigger. Safe to repeat. */
  drop(name: string): Promise<void>;
}

export async function readSchedule(table: Pick<Table, 'get'>, name: string): Promise<Schedule | undefined> {
  const row = await table.get(scheduleKey(name));
  return row === undefined ? undefined : rowToSchedule(row);
}

export async function* allSchedules(table: Pick<Table, 'query'>): AsyncIterable<Schedule> {
  for await (const row of table.query({ pk: SCHEDULES })) yield rowToSchedule(row);
}

/** Adds a schedule and its trigger; `false` if the name is taken. An earlier one's runs stay, and numbers continue. */
export async function addSchedule(
  { table }: Pick<Effects, 'table'>,
  timetable: ScheduleTriggers,
  schedule: Schedule,
): Promise<boolean> {
  const row = scheduleToRow({ ...schedule, runs: await lastRunNumber(table, schedule.name) });
  const written = await table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  if (written.kind === 'refused') return false;
  try {
    await timetable.keep(schedule);
  } catch (error) {
    await table.write([{ kind: 'delete', key: scheduleKey(schedule.name) }]);
    throw error;
  }
  return true;
}

/** Pauses a schedule, or resumes it from now; missed runs are not made up for. */
export async function pauseSchedule(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  timetable: ScheduleTriggers,
  schedule: Schedule,
  paused: boolean,
): Promise<void> {
  const seen = schedule.paused && !paused ? { seenUntil: new Date(clock.now()).toISOString() } : {};
  const set = { paused, ...seen };
  await table.write([{ kind: 'update', key: scheduleKey(schedule.name), set, onlyIf: { kind: 'present' } }]);
  await timetable.keep({ ...schedule, ...set });
}

/** Removes a schedule and its file; history and batches stay. */
export async function removeSchedule(
  { table, store }: Pick<Effects, 'table' | 'store'>,
  timetable: ScheduleTriggers,
  schedule: Schedule,
): Promise<void> {
  await timetable.drop(schedule.name);
  await table.write([{ kind: 'delete', key: scheduleKey(schedule.name) }]);
  if (schedule.ownsSource) await store.delete(schedule.sourceKey);
}

export async function* newestRuns(
  table: Pick<Table, 'query'>,
  name: string,
  limit?: number,
): AsyncIterable<ScheduleRun> {
  const some = limit === undefined ? {} : { limit };
  for await (const row of table.query({ pk: runsPartition(name), descending: true, ...some }))
    yield rowToRun(row);
}

export async function readRun(
  table: Pick<Table, 'get'>,
  name: string,
  plannedAt: string,
): Promise<ScheduleRun | undefined> {
  const row = await table.get(runKey(name, plannedAt));
  return row === undefined ? undefined : rowToRun(row);
}

async function lastRunNumber(table: Pick<Table, 'query'>, name: string): Promise<number> {
  for await (const run of newestRuns(table, name)) if (run.state !== 'skipped') return run.run;
  return 0;
}
