import { asObject } from '../json-value.ts';

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const DURATION = /^(?:\d{1,12}(?:\.\d{1,12})?(?:ms|[smhd]))+$/;
const PARTS = /(\d+(?:\.\d+)?)(ms|[smhd])/g;
/** Nobody means to wait longer: a value beyond is a mistake on the wire. */
const LONGEST_MS = 7 * 86_400_000;

/** `57.2s`, `200ms`, `1h16m0.6s`, or `{seconds, nanos}`, in milliseconds; undefined for anything else. */
export function parseDurationMs(value: unknown): number | undefined {
  const object = asObject(value);
  if (object !== undefined) return secondsMs(Number(object.seconds ?? 0) + Number(object.nanos ?? 0) / 1e9);
  if (typeof value === 'number') return secondsMs(value);
  if (typeof value !== 'string' || !DURATION.test(value)) return undefined;
  const sum = [...value.matchAll(PARTS)].reduce(
    (total, [, count, unit]) => total + Number(count) * (UNITS_MS.get(unit ?? '') ?? 0),
    0,
  );
  return bounded(sum);
}

/** `Retry-After`: seconds, or an HTTP date against `nowMs`; in milliseconds. */
export function parseRetryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,12}(\.\d{1,6})?$/.test(text)) return secondsMs(Number(text));
  const atMs = /[a-z]/i.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : bounded(Math.max(0, atMs - nowMs));
}

/** The wait that a message names in words: "retry in 12.3s", "try again in 20 seconds". */
export function waitInWordsMs(message: string): number | undefined {
  const match =
    /\b(?:retry|again|wait|reset)s?\b[^.\n\d]{0,40}?\b((?:\d{1,12}(?:\.\d{1,12})?(?:ms|[smhd]))+)\b/i.exec(
      message,
    );
  if (match !== null) return parseDurationMs(match[1]?.toLowerCase());
  const words =
    /\b(?:retry|again|wait|reset)s?\b[^.\n\d]{0,40}?\b(\d{1,9}(?:\.\d{1,9})?) ?(second|minute|hour)s?\b/i.exec(
      message,
    );
  return words === null ? undefined : parseDurationMs(`${words[1]}${words[2]?.[0]?.toLowerCase()}`);
}

function secondsMs(seconds: number): number | undefined {
  return Number.isFinite(seconds) && seconds >= 0 ? bounded(seconds * 1_000) : undefined;
}

function bounded(ms: number): number {
  return Math.min(LONGEST_MS, Math.ceil(ms));
}
