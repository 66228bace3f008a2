import * as z from 'zod/mini';
import { CATCH_UPS, OVERLAPS, type Schedule } from '../../domain/schedule/schedule.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, parseRow, textMap } from './fields.ts';

const scheduleRow = z.object({
  name: z.string(),
  timing: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cron'), expression: z.string() }),
    z.object({ kind: z.literal('rate'), minutes: count }),
    z.object({ kind: z.literal('at'), wall: z.string() }),
  ]),
  timeZone: z.string(),
  sourceKey: z.string(),
  ownsSource: z.boolean(),
  metadata: textMap,
  overlap: z.enum(OVERLAPS),
  catchUp: z.enum(CATCH_UPS),
  paused: z.boolean(),
  createdAt: z.string(),
  startAt: z.string(),
  endAt: z.exactOptional(z.string()),
  runs: count,
  seenUntil: z.string(),
});

/** All schedules of a stage, by name. */
export const SCHEDULES = 'SCHEDULE';

export function scheduleKey(name: string): TableKey {
  return { pk: SCHEDULES, sk: name };
}

export function scheduleToRow(schedule: Schedule): TableRow {
  return { ...scheduleKey(schedule.name), ...schedule, timing: { ...schedule.timing } };
}

export function rowToSchedule(row: TableRow): Schedule {
  return parseRow(scheduleRow, row);
}
