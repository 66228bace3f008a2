import * as z from 'zod/mini';
import type { TableKey, TableRow, TableWrite } from '../ports.ts';
import { count, parseRow } from './fields.ts';

/** Upper ends of the latency classes, in milliseconds: each 1.5 times the one before; the last class has no end. */
export const LATENCY_CLASSES_MS: readonly number[] = Array.from({ length: 18 }, (_, nth) =>
  Math.round(250 * 1.5 ** nth),
);

/** Calls of one model that ended in one minute. `classes` counts them by latency. */
export interface CallMinute {
  readonly minuteMs: number;
  readonly calls: number;
  readonly images: number;
  readonly rateLimited: number;
  readonly failed: number;
  readonly classes: readonly number[];
}

const KEPT_MS = 2 * 86_400_000;
const PREFIX = 'MINUTE#';

const callMinuteRow = z.looseObject({
  calls: z._default(count, 0),
  images: z._default(count, 0),
  rateLimited: z._default(count, 0),
  failed: z._default(count, 0),
});

export function callMinuteKey(model: string, minuteMs: number): TableKey {
  return { pk: `PROVIDER#${model}`, sk: `${PREFIX}${new Date(minuteMs).toISOString().slice(0, 16)}` };
}

/** Adds to a minute; the row goes after two days. */
export function addToCallMinute(model: string, minute: CallMinute): TableWrite {
  const { minuteMs, classes, ...counts } = minute;
  const byClass = classes.flatMap((calls, nth) => (calls === 0 ? [] : [[`class${nth}`, calls]]));
  return {
    kind: 'update',
    key: callMinuteKey(model, minuteMs),
    // The field by which the table forgets rows: TTL_FIELD of shared/names.ts.
    set: { expiresAtSeconds: Math.round((minuteMs + KEPT_MS) / 1_000) },
    add: { ...counts, ...Object.fromEntries(byClass) },
  };
}

export function rowToCallMinute(row: TableRow): CallMinute {
  const { calls, images, rateLimited, failed } = parseRow(callMinuteRow, row);
  const classes = Array.from({ length: LATENCY_CLASSES_MS.length + 1 }, (_, nth) => {
    const value = row[`class${nth}`];
    return typeof value === 'number' ? value : 0;
  });
  return {
    minuteMs: Date.parse(`${row.sk.slice(PREFIX.length)}Z`),
    calls,
    images,
    rateLimited,
    failed,
    classes,
  };
}
