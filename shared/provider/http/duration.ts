import { asObject } from '../json-value.ts';

const UNITS_MS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(?:ms|msecs?|millis(?:econds?)?)$/, 1],
  [/^(?:s|secs?|seconds?|초)$/, 1_000],
  [/^(?:m|mins?|minutes?|분)$/, 60_000],
  [/^(?:h|hrs?|hours?|시간)$/, 3_600_000],
  [/^(?:d|days?|일)$/, 86_400_000],
];
/** Longest names first, so that `ms` is never read as `m`. */
const UNIT =
  '(?:milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|초|분|시간|일)';
const PART = `\\d{1,12}(?:\\.\\d{1,12})?\\s?${UNIT}(?![a-z])`;
const PARTS = new RegExp(`(\\d{1,12}(?:\\.\\d{1,12})?)\\s?(${UNIT})(?![a-z])`, 'g');
/** `1h16m0.6s`, `2 hours and 5 minutes`. Units that touch the next number have no letter after them. */
const DURATION = new RegExp(`${PART}(?:\\s?(?:,|and)?\\s?${PART}){0,4}`);
const WHOLE_DURATION = new RegExp(`^${DURATION.source}$`);
const ISO_DURATION = /^p(?:(\d{1,6})d)?(?:t(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?)?$/;

/** Nobody means to wait longer: a value beyond is a mistake on the wire, or means never. */
export const LONGEST_WAIT_MS = 7 * 86_400_000;

/** `57.2s`, `200ms`, `1h16m0.6s`, `9 seconds`, `PT1M30S`, or `{seconds, nanos}`, in milliseconds; undefined for anything else. */
export function parseDurationMs(value: unknown): number | undefined {
  const object = asObject(value);
  if (object !== undefined) return secondsMs(Number(object.seconds ?? 0) + Number(object.nanos ?? 0) / 1e9);
  if (typeof value === 'number') return secondsMs(value);
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim().toLowerCase();
  return WHOLE_DURATION.test(text) ? sumOfParts(text) : isoDurationMs(text);
}

/** Seconds or milliseconds from now, with a unit or without, or a moment: an HTTP date, an ISO time, an epoch. */
export function parseWaitMs(
  value: unknown,
  nowMs: number,
  unit: 'seconds' | 'milliseconds' = 'seconds',
): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return parseDurationMs(value);
  const text = String(value).trim().slice(0, 100);
  if (/^\d{1,20}(?:\.\d{1,20})?$/.test(text)) {
    const number = Number(text);
    const atMs = epochMs(number);
    if (atMs !== undefined) return bounded(Math.max(0, atMs - nowMs));
    return unit === 'seconds' ? secondsMs(number) : bounded(number);
  }
  return parseDurationMs(text) ?? untilMs(text, nowMs);
}

/** The wait that a message names in words: "retry in 12.3s", "try again in 2 hours", "resets at 2026-11-28T14:05:00Z". */
export function waitInWordsMs(message: string, nowMs: number): number | undefined {
  const text = message.slice(0, 8_000).toLowerCase();
  const span = new RegExp(
    `(?:\\b(?:retry|again|wait|reset)(?:s|ing)?\\b[^.\\n\\d]{0,60}?(?<![\\d.])(${DURATION.source}))|(${DURATION.source})\\s?(?:후|뒤)`,
  ).exec(text);
  const duration = span?.[1] ?? span?.[2];
  if (duration !== undefined) return sumOfParts(duration);
  const moment =
    /\b(?:retry|again|wait|reset)(?:s|ing)?\b[^.\n\d]{0,60}?(\d{4}-\d\d-\d\dt\d\d:\d\d[\d:.]*(?:z|[+-]\d\d:?\d\d)?)/.exec(
      text,
    );
  return moment?.[1] === undefined ? undefined : untilMs(moment[1].toUpperCase(), nowMs);
}

function sumOfParts(text: string): number {
  const sum = [...text.matchAll(PARTS)].reduce((total, [, count, unit = '']) => {
    const ms = UNITS_MS.find(([names]) => names.test(unit))?.[1] ?? 0;
    return total + Number(count) * ms;
  }, 0);
  return bounded(sum);
}

function isoDurationMs(text: string): number | undefined {
  const parts = ISO_DURATION.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return secondsMs(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
}

/** A time of day with its date: anything less is read by `Date.parse` as whatever it likes. */
function untilMs(text: string, nowMs: number): number | undefined {
  const atMs = /\d{4}/.test(text) && /\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : bounded(Math.max(0, atMs - nowMs));
}

/** A number of the size of a date is one, from 2014 to 2096: in seconds, milliseconds, microseconds or nanoseconds since 1970. */
function epochMs(number: number): number | undefined {
  return [1_000, 1, 1e-3, 1e-6]
    .map((factor) => number * factor)
    .find((atMs) => atMs >= 1.4e12 && atMs < 4e12);
}

function secondsMs(seconds: number): number | undefined {
  return Number.isFinite(seconds) && seconds >= 0 ? bounded(seconds * 1_000) : undefined;
}

function bounded(ms: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.ceil(ms));
}
