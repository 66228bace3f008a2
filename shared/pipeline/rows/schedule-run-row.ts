import * as z from 'zod/mini';
import type { BatchId } from '../../domain/ids.ts';
import type { TableKey, TableRow } from '../ports.ts';
import { batchId, count, type Fields, parseRow } from './fields.ts';

/** A schedule's run by its scheduled time (ISO 8601 in UTC). `run` counts started ones, from 1. */
export type ScheduleRun = { readonly plannedAt: string } & (
  | { readonly state: 'begun'; readonly run: number }
  | { readonly state: 'submitted'; readonly run: number; readonly batch: BatchId; readonly key: string }
  | { readonly state: 'failed'; readonly run: number; readonly reason: string }
  | { readonly state: 'skipped'; readonly reason: string }
);

type Run<State extends ScheduleRun['state']> = Fields<Extract<ScheduleRun, { state: State }>>;

const plannedAt = z.string();
const runRow = z.discriminatedUnion('state', [
  z.object({ plannedAt, state: z.literal('begun'), run: count } satisfies Run<'begun'>),
  z.object({
    plannedAt,
    state: z.literal('submitted'),
    run: count,
    batch: batchId,
    key: z.string(),
  } satisfies Run<'submitted'>),
  z.object({ plannedAt, state: z.literal('failed'), run: count, reason: z.string() } satisfies Run<'failed'>),
  z.object({ plannedAt, state: z.literal('skipped'), reason: z.string() } satisfies Run<'skipped'>),
]);

export function runsPartition(schedule: string): string {
  return `SCHEDULE#${schedule}`;
}

export function runKey(schedule: string, at: string): TableKey {
  return { pk: runsPartition(schedule), sk: at };
}

export function runToRow(schedule: string, run: ScheduleRun): TableRow {
  return { ...runKey(schedule, run.plannedAt), ...run };
}

export function rowToRun(row: TableRow): ScheduleRun {
  return parseRow(runRow, row);
}
