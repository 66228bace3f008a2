import * as z from 'zod/mini';
import { CATCH_UPS, OVERLAPS, type Schedule, type ScheduleTiming } from '../../domain/schedule/schedule.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow, textMap } from './fields.ts';

type Timing<Kind extends ScheduleTiming['kind']> = Extract<ScheduleTiming, { kind: Kind }>;

const scheduleRow = z.object({
  name: z.string(),
  timing: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cron'), expression: z.string() } satisfies Fields<Timing<'cron'>>),
    z.object({ kind: z.literal('rate'), minutes: count } satisfies Fields<Timing<'rate'>>),
    z.object({ kind: z.literal('at'), wall: z.string() } satisfies Fields<Timing<'at'>>),
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
} satisfies Fields<Schedule>);

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
