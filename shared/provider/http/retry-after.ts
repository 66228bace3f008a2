import { separatorlessName } from '../../domain/canonical-name.ts';
import { asScalar } from '../json-value.ts';
import { parseWaitMs } from './duration.ts';

/** A header, or a field of an error's body, that may say how long to wait. */
export type WaitField = readonly [name: string, value: unknown];

interface Reset {
  readonly waitMs: number;
  /** Nothing is left of what it resets; undefined if not said. */
  readonly isExhausted: boolean | undefined;
}

const MOST_FIELDS = 200;

/** Whether a field of that name may name a wait. */
export function isWaitField(name: string): boolean {
  const key = separatorlessName(name.slice(0, 100));
  return isRetryAfter(key) || key.includes('reset') || key.includes('remaining') || key === 'ratelimit';
}

/** How long the provider asks to wait: `retry-after-ms`, then `Retry-After` (RFC 9110 §10.2.3) and relatives; else undefined. */
export function explicitWaitMs(fields: Iterable<WaitField>, nowMs: number): number | undefined {
  const asked = fieldsOf(fields)
    .filter(([key]) => isRetryAfter(key))
    .toSorted(([one], [other]) => Number(isMilliseconds(other)) - Number(isMilliseconds(one)));
  return asked
    .map(([key, value]) => parseWaitMs(value, nowMs, isMilliseconds(key) ? 'milliseconds' : 'seconds'))
    .find((waitMs) => waitMs !== undefined);
}

/**
 * When a limit resets: `x-ratelimit-reset-*`, `anthropic-ratelimit-*-reset`, the IETF's `RateLimit` (`"default";r=0;t=50`,
 * earlier `limit=10, remaining=0, reset=50`). The longest of those used up, else the shortest.
 */
export function resetWaitMs(fields: Iterable<WaitField>, nowMs: number): number | undefined {
  const resets = resetsOf(fields, nowMs);
  const open = resets.filter(({ isExhausted }) => isExhausted === undefined).map(({ waitMs }) => waitMs);
  return longestExhausted(resets) ?? (open.length === 0 ? undefined : Math.min(...open));
}

/** The same for exhausted limits only. */
export function exhaustedResetMs(fields: Iterable<WaitField>, nowMs: number): number | undefined {
  return longestExhausted(resetsOf(fields, nowMs));
}

function longestExhausted(resets: readonly Reset[]): number | undefined {
  const waits = resets.filter(({ isExhausted }) => isExhausted === true).map(({ waitMs }) => waitMs);
  return waits.length === 0 ? undefined : Math.max(...waits);
}

function resetsOf(fields: Iterable<WaitField>, nowMs: number): Reset[] {
  const all = fieldsOf(fields);
  return [...all.flatMap((field) => resetOf(field, all, nowMs)), ...all.flatMap(structuredResets)];
}

function fieldsOf(fields: Iterable<WaitField>): WaitField[] {
  return [...fields]
    .slice(0, MOST_FIELDS)
    .map(([name, value]) => [separatorlessName(name.slice(0, 100)), value]);
}

function isRetryAfter(key: string): boolean {
  return /^x?(?:ms)?(?:retry(?:after|delay|in)|waitseconds|waitms|estimatedtime|resetsinseconds)/.test(key);
}

function isMilliseconds(key: string): boolean {
  return /(?:ms|millis|milliseconds)$/.test(key);
}

function resetOf([key, value]: WaitField, all: readonly WaitField[], nowMs: number): Reset[] {
  if (!key.includes('reset')) return [];
  const waitMs = parseWaitMs(value, nowMs, isMilliseconds(key) ? 'milliseconds' : 'seconds');
  const remaining = all.find(([name]) => name === key.replace('reset', 'remaining'))?.[1];
  return waitMs === undefined ? [] : [{ waitMs, isExhausted: isZero(remaining) }];
}

function structuredResets([key, value]: WaitField): Reset[] {
  if (key !== 'ratelimit' || typeof value !== 'string') return [];
  const items = /\breset=/.test(value) ? [value] : value.split(',');
  return items.flatMap((item) => {
    const seconds = /\b(?:t|reset)=(\d{1,12})/.exec(item)?.[1];
    const remaining = /\b(?:r|remaining)=(\d{1,12})/.exec(item)?.[1];
    return seconds === undefined
      ? []
      : [{ waitMs: parseWaitMs(seconds, 0) ?? 0, isExhausted: isZero(remaining) }];
  });
}

function isZero(remaining: unknown): boolean | undefined {
  const text = asScalar(remaining);
  return text === undefined ? undefined : Number(text) === 0;
}
