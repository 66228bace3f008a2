import type { Schedule } from '../../domain/schedule/schedule.ts';
import { latestScheduled } from '../../domain/schedule/scheduled-times.ts';
import type { Effects } from '../effects.ts';
import { scheduleKey } from '../rows/schedule-row.ts';
import { runTick, skipRun, type TickResult } from './schedule-tick.ts';

/** A later run was missed. */
const ON_TIME_MS = 60_000;

export type DueRun = { readonly schedule: Schedule; readonly plannedAt: string; readonly result: TickResult };

/** Runs what is due; undefined if nothing is. Of several missed runs only the latest counts, if `catchUp` says so. */
export async function runDue(
  effects: Pick<Effects, 'table' | 'store' | 'log' | 'notify' | 'clock'>,
  schedule: Schedule,
): Promise<DueRun | undefined> {
  if (schedule.paused) return undefined;
  const nowMs = effects.clock.now();
  const dueMs = latestScheduled(schedule, Date.parse(schedule.seenUntil), nowMs);
  if (dueMs === undefined) return undefined;
  const plannedAt = new Date(dueMs).toISOString();
  const isMissed = nowMs - dueMs > ON_TIME_MS;
  const result =
    isMissed && schedule.catchUp === 'skip'
      ? await skipRun(effects, schedule.name, plannedAt, 'missed: no dev server ran at that time')
      : await runTick(effects, { schedule: schedule.name, plannedAt });
  await effects.table.write([
    {
      kind: 'update',
      key: scheduleKey(schedule.name),
      set: { seenUntil: plannedAt },
      onlyIf: { kind: 'present' },
    },
  ]);
  return { schedule, plannedAt, result };
}
