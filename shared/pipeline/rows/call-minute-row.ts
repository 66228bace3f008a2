import * as z from 'zod/mini';
import type { Condition, TableKey, TableRow, TableWrite } from '../ports.ts';
import { count, parseRow } from './fields.ts';

/** Upper ends of latency classes in ms, each 1.5 times the last; the last class is open. */
export const LATENCY_CLASSES_MS: readonly number[] = Array.from({ length: 18 }, (_, nth) =>
  Math.round(250 * 1.5 ** nth),
);

/** A model's calls that ended in one minute; `classes` by latency. */
export interface CallMinute {
  readonly minuteMs: number;
  readonly calls: number;
  readonly images: number;
  readonly rateLimited: number;
  readonly failed: number;
  readonly classes: readonly number[];
}

export const CALL_MINUTE_PREFIX = 'MINUTE#';

const callMinuteRow = z.looseObject({
  minuteMs: count,
  calls: z._default(count, 0),
  images: z._default(count, 0),
  rateLimited: z._default(count, 0),
  failed: z._default(count, 0),
});

/** A row for each minute of a day, reused daily: at most 1,440 a model. */
export function callMinuteKey(model: string, minuteMs: number): TableKey {
  return {
    pk: `PROVIDER#${model}`,
    sk: `${CALL_MINUTE_PREFIX}${new Date(minuteMs).toISOString().slice(11, 16)}`,
  };
}

/** Adds to a minute's row, or takes over an earlier day's; refused if it is not as `how` says. */
export function writeCallMinute(model: string, minute: CallMinute, how: 'add' | 'begin'): TableWrite {
  const { minuteMs, classes, ...counts } = minute;
  const byClass = classes.flatMap((calls, nth) => (calls === 0 ? [] : [[`class${nth}`, calls]]));
  const numbers = { ...counts, ...Object.fromEntries(byClass) };
  const key = callMinuteKey(model, minuteMs);
  if (how === 'begin')
    return { kind: 'put', row: { ...key, minuteMs, ...numbers }, onlyIf: isOfEarlierDay(minuteMs) };
  return {
    kind: 'update',
    key,
    add: numbers,
    onlyIf: { kind: 'equals', field: 'minuteMs', value: minuteMs },
  };
}

function isOfEarlierDay(minuteMs: number): Condition {
  return {
    kind: 'any',
    of: [{ kind: 'absent' }, { kind: 'atMost', field: 'minuteMs', value: minuteMs - 1 }],
  };
}

export function rowToCallMinute(row: TableRow): CallMinute {
  const { minuteMs, calls, images, rateLimited, failed } = parseRow(callMinuteRow, row);
  const classes = Array.from({ length: LATENCY_CLASSES_MS.length + 1 }, (_, nth) => {
    const value = row[`class${nth}`];
    return typeof value === 'number' ? value : 0;
  });
  return {
    minuteMs,
    calls,
    images,
    rateLimited,
    failed,
    classes,
  };
}
