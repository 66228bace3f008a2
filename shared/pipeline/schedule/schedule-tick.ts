import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import { isScheduleName, type Schedule } from '../../domain/schedule/schedule.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { Table, TableWrite } from '../ports.ts';
import { openBatchKey } from '../rows/batch-row.ts';
import { scheduleKey } from '../rows/schedule-row.ts';
import { runKey, runToRow, type ScheduleRun } from '../rows/schedule-run-row.ts';
import { submitScheduled } from './scheduled-batch.ts';
import { newestRuns, readRun, readSchedule } from './schedules.ts';

const tick = z.object({
  schedule: z.string().check(z.refine(isScheduleName, 'is no name of a schedule')),
  /** The scheduled time, not the arrival: EventBridge Scheduler's `<aws.scheduler.scheduled-time>`. */
  plannedAt: z.iso.datetime({ offset: true }),
});

/** EventBridge Scheduler's trigger. The rest is in the table. */
type ScheduleTick = z.infer<typeof tick>;

export type TickResult =
  | {
      readonly kind: 'submitted';
      readonly run: number;
      readonly batch: BatchId;
      readonly key: string;
      readonly isNew: boolean;
    }
  | { readonly kind: 'skipped' | 'failed'; readonly reason: string }
  /** The schedule was removed or paused meanwhile. */
  | { readonly kind: 'ignored' };

type TickEffects = Pick<Effects, 'table' | 'store' | 'log' | 'notify'>;

/** Reads a trigger; a problem names the wrong fields. */
export function parseTick(
  payload: unknown,
):
  | { readonly kind: 'tick'; readonly tick: ScheduleTick }
  | { readonly kind: 'problem'; readonly message: string } {
  const parsed = tick.safeParse(payload);
  if (parsed.success) return { kind: 'tick', tick: parsed.data };
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'payload'}: ${message}`);
  return { kind: 'problem', message: `not the tick of a schedule: ${fields.join('; ')}` };
}

/**
 * Runs a schedule for a scheduled time, once per time (I7): number, batch, history. A run that can't be submitted is
 * `failed` with an event, and the same trigger tries again. `by-hand` ignores pause and overlap.
 */
export async function runTick(
  effects: TickEffects,
  tick: ScheduleTick,
  why: 'planned' | 'by-hand' = 'planned',
): Promise<TickResult> {
  const plannedAt = new Date(tick.plannedAt).toISOString();
  const schedule = await readSchedule(effects.table, tick.schedule);
  if (schedule === undefined) return ignored(effects, tick, 'it was removed');
  const known = await readRun(effects.table, schedule.name, plannedAt);
  if (known?.state === 'submitted') return { ...known, kind: 'submitted', isNew: false };
  if (known?.state === 'skipped') return { kind: 'skipped', reason: known.reason };
  if (known === undefined && why === 'planned') {
    if (schedule.paused) return ignored(effects, tick, 'it is paused');
    const open = schedule.overlap === 'skip' ? await openRun(effects, schedule.name) : undefined;
    if (open !== undefined)
      return await skipRun(effects, schedule.name, plannedAt, `${open} is not over yet`);
  }
  const run = known?.run ?? (await beginRun(effects.table, schedule, plannedAt));
  return run === undefined
    ? await runTick(effects, tick, why)
    : await submitRun(effects, schedule, plannedAt, run);
}

/** Records a skipped run; one that was started stays. */
export async function skipRun(
  effects: TickEffects,
  schedule: string,
  plannedAt: string,
  reason: string,
): Promise<TickResult> {
  const row = runToRow(schedule, { plannedAt, state: 'skipped', reason });
  const written = await effects.table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  if (written.kind === 'refused') return await runTick(effects, { schedule, plannedAt });
  effects.log.info('scheduled run skipped', { schedule, plannedAt, reason });
  return { kind: 'skipped', reason };
}

/** Numbers the run; undefined if it has just been started elsewhere. */
async function beginRun(
  table: Pick<Table, 'write'>,
  { name, runs }: Schedule,
  plannedAt: string,
): Promise<number | undefined> {
  const run = runs + 1;
  const begun = await table.write([
    { kind: 'put', row: runToRow(name, { plannedAt, state: 'begun', run }), onlyIf: { kind: 'absent' } },
    {
      kind: 'update',
      key: scheduleKey(name),
      set: { runs: run },
      onlyIf: { kind: 'equals', field: 'runs', value: runs },
    },
  ]);
  return begun.kind === 'written' ? run : undefined;
}

async function submitRun(
  effects: TickEffects,
  schedule: Schedule,
  plannedAt: string,
  run: number,
): Promise<TickResult> {
  const { name } = schedule;
  const result = await submitScheduled(effects, schedule, plannedAt, run);
  if (result.kind === 'problem')
    return await failRun(effects, name, { plannedAt, run, reason: result.message });
  const { batch, key, isNew } = result;
  await effects.table.write([
    { kind: 'put', row: runToRow(name, { plannedAt, state: 'submitted', run, batch, key }) },
  ]);
  effects.log.info('scheduled batch', { schedule: name, plannedAt, run, batch, key, isNew });
  return { kind: 'submitted', run, batch, key, isNew };
}

async function failRun(
  effects: TickEffects,
  schedule: string,
  failure: { readonly plannedAt: string; readonly run: number; readonly reason: string },
): Promise<TickResult> {
  const { plannedAt, reason } = failure;
  const isFirst: TableWrite = {
    kind: 'update',
    key: runKey(schedule, plannedAt),
    set: { state: 'failed', reason },
    onlyIf: { kind: 'equals', field: 'state', value: 'begun' },
  };
  const written = await effects.table.write([isFirst]);
  // Lambda tries a trigger three times: notify once.
  if (written.kind === 'written') effects.notify({ kind: 'schedule-failed', schedule, plannedAt, reason });
  effects.log.error('scheduled run failed', new Error(reason), { schedule, plannedAt });
  return { kind: 'failed', reason };
}

/** The last run's batch, if not finished. */
async function openRun(effects: TickEffects, schedule: string): Promise<BatchId | undefined> {
  for await (const run of newestRuns(effects.table, schedule)) {
    if (run.state === 'submitted') return (await isOver(effects, run)) ? undefined : run.batch;
  }
  return undefined;
}

async function isOver(
  { table, store }: TickEffects,
  { batch, key }: Extract<ScheduleRun, { state: 'submitted' }>,
): Promise<boolean> {
  if ((await table.get(openBatchKey(batch))) !== undefined) return false;
  // A batch is not on the open list before it is read.
  return (await readBatch(table, batch)) !== undefined || (await store.head(key)) === undefined;
}

function ignored({ log }: TickEffects, { schedule, plannedAt }: ScheduleTick, why: string): TickResult {
  log.warn('tick of a schedule ignored', { schedule, plannedAt, why });
  return { kind: 'ignored' };
}
