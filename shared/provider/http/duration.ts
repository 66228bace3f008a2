import { asObject, asScalar } from '../json-value.ts';

const UNITS_MS: readonly (readonly [names: RegExp, ms: number])[] = [
  [/^(?:ms|msecs?|millis(?:econds?)?)$/, 1],
  [/^(?:s|secs?|seconds?|초|秒)$/, 1_000],
  [/^(?:m|mins?|minutes?|분|分钟|分鐘|分)$/, 60_000],
  [/^(?:h|hrs?|hours?|시간|小时|小時|時間)$/, 3_600_000],
  [/^(?:d|days?|일|天|日)$/, 86_400_000],
];
/** Longest names first, so that `ms` isn't read as `m`. */
const UNIT =
  '(?:milliseconds?|millis|msecs?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|초|분|시간|일|秒|分钟|分鐘|分|小时|小時|時間|天|日)';
const PART = `\\d{1,12}(?:\\.\\d{1,12})?\\s?${UNIT}(?![a-z])`;
const PARTS = new RegExp(`(\\d{1,12}(?:\\.\\d{1,12})?)\\s?(${UNIT})(?![a-z])`, 'g');
/** `1h16m0.6s`, `2 hours and 5 minutes`; the next number may follow a unit directly. */
const DURATION = new RegExp(`${PART}(?:\\s?(?:,|and)?\\s?${PART}){0,4}`);
const WHOLE_DURATION = new RegExp(`^${DURATION.source}$`);
/** .NET's `d.hh:mm:ss` (Azure API Management). */
const CLOCK_DURATION = /^(?:(\d{1,4})\.)?(\d\d):(\d\d):(\d\d(?:\.\d{1,9})?)$/;
const ISO_DURATION = /^p(?:(\d{1,6})d)?(?:t(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?)?$/;

/** A longer wait is a mistake, or means never. */
export const LONGEST_WAIT_MS = 7 * 86_400_000;

/** `57.2s`, `200ms`, `1h16m0.6s`, `9 seconds`, `PT1M30S` or `{seconds, nanos}` in milliseconds; else undefined. */
export function parseDurationMs(value: unknown): number | undefined {
  const object = asObject(value);
  if (object !== undefined) {
    const isSpan = 'seconds' in object || 'nanos' in object;
    return isSpan ? secondsMs(numberIn(object.seconds) + numberIn(object.nanos) / 1e9) : undefined;
  }
  if (typeof value === 'number') return secondsMs(value);
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const text = value.trim().toLowerCase();
  if (WHOLE_DURATION.test(text)) return sumOfParts(text);
  return partsMs(ISO_DURATION.exec(text)) ?? partsMs(CLOCK_DURATION.exec(text));
}

/** Seconds or milliseconds from now, or a moment: an HTTP date, ISO time or epoch. */
export function parseWaitMs(
  value: unknown,
  nowMs: number,
  unit: 'seconds' | 'milliseconds' = 'seconds',
): number | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return parseDurationMs(value);
  const text = plainValue(String(value));
  if (/^\d{1,20}(?:\.\d{1,20})?$/.test(text)) {
    const number = Number(text);
    const atMs = epochMs(number);
    if (atMs !== undefined) return bounded(Math.max(0, atMs - nowMs));
    return unit === 'seconds' ? secondsMs(number) : bounded(number);
  }
  return parseDurationMs(text) ?? untilMs(text, nowMs);
}

const ASKS =
  '\\b(?:retry|again|wait|reset|available|replenished|regain access)(?:s|ing)?\\b[^.\\n\\d]{0,60}?(?<![\\d.])';
const IN_WORDS: readonly RegExp[] = [
  new RegExp(`${ASKS}(${DURATION.source})`),
  new RegExp(`(${DURATION.source})\\s?(?:후|뒤|后|後|以后|之后)`),
  /\breplenished in ((?:\d{1,4}\.)?\d\d:\d\d:\d\d)/,
];
const MOMENT = new RegExp(
  `${ASKS}(\\d{4}-\\d\\d-\\d\\d)(?:t| at | )(\\d\\d:\\d\\d[\\d:.]*) ?(z|utc|[+-]\\d\\d:?\\d\\d)?`,
);

/** Without quotes; the first of a repeated header; with the full year, which RFC 850's dates lack. */
function plainValue(value: string): string {
  const text = value.slice(0, 100).replaceAll('"', '').trim();
  const once = /^[\d.]+[a-z]*(?:,\s*[\d.]+[a-z]*)+$/i.test(text) ? (text.split(',')[0] ?? '') : text;
  return once.replace(/\b(\d\d)-([A-Z][a-z]{2})-(\d\d)\b/, '$1 $2 20$3');
}

/**
 * The wait in a message: "retry in 12.3s", "try again in 2 hours", "resets at 2026-11-28T14:05:00Z", "regain access on
 * 2026-12-01 at 00:00 UTC". Without a zone: UTC.
 */
export function waitInMessageMs(message: string, nowMs: number): number | undefined {
  const text = message.slice(0, 8_000).toLowerCase();
  const duration = IN_WORDS.map((pattern) => pattern.exec(text)?.[1]).find((each) => each !== undefined);
  if (duration !== undefined)
    return CLOCK_DURATION.test(duration) ? parseDurationMs(duration) : sumOfParts(duration);
  const [, day, time, zone = 'z'] = MOMENT.exec(text) ?? [];
  return day === undefined
    ? undefined
    : untilMs(`${day}T${time}${zone.replace('utc', 'z').toUpperCase()}`, nowMs);
}

function numberIn(value: unknown): number {
  return value === undefined || value === null ? 0 : Number(asScalar(value) ?? Number.NaN);
}

function sumOfParts(text: string): number {
  const sum = [...text.matchAll(PARTS)].reduce((total, [, count, unit = '']) => {
    const ms = UNITS_MS.find(([names]) => names.test(unit))?.[1] ?? 0;
    return total + Number(count) * ms;
  }, 0);
  return bounded(sum);
}

function partsMs(found: RegExpExecArray | null): number | undefined {
  const parts = found?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return undefined;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return secondsMs(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
}

/** A date with a time of day: `Date.parse` guesses at anything less. */
function untilMs(text: string, nowMs: number): number | undefined {
  const atMs = /\d{4}/.test(text) && /\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : bounded(Math.max(0, atMs - nowMs));
}

/** An epoch from 2014 to 2096 in seconds, milli-, micro- or nanoseconds. */
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
