import { dayOfMs, parseDay } from '../time/calendar.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Zone abbreviations with one offset everywhere (RFC 2822, Korea, Japan). */
const ZONE_HOURS: ReadonlyMap<string, number> = new Map([
  ['Z', 0],
  ['UT', 0],
  ['UTC', 0],
  ['GMT', 0],
  ['EST', -5],
  ['EDT', -4],
  ['CDT', -5],
  ['MST', -7],
  ['MDT', -6],
  ['PST', -8],
  ['PDT', -7],
  ['KST', 9],
  ['JST', 9],
]);

/** Year first, or the month in letters: `11/12/2026` is ambiguous. */
const DATES: readonly RegExp[] = [
  /^(?<y>\d{4})-(?<m>\d{1,2})-(?<d>\d{1,2})/,
  /^(?<y>\d{4})\/(?<m>\d{1,2})\/(?<d>\d{1,2})/,
  /^(?<y>\d{4})\. ?(?<m>\d{1,2})\. ?(?<d>\d{1,2})\.?/,
  /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(?!\d)/,
  /^(?:[a-z]{3,9},? )?(?<d>\d{1,2})[ -](?<name>[a-z]{3})[a-z]{0,6}\.?,?[ -](?<y>\d{4})/i,
  /^(?:[a-z]{3,9},? )?(?<name>[a-z]{3})[a-z]{0,6}\.? (?<d>\d{1,2})(?:st|nd|rd|th)?,? (?<y>\d{4})/i,
];
const TIME =
  /^(?:[T ]|, ?)\s*(?<h>\d{1,2}):(?<min>\d\d)(?::(?<s>\d\d)(?:[.,]\d+)?)?(?: ?(?<half>[ap])\.?m\.?)?/i;
/** `Z`, `UTC`, Postgres' `+00`, `+09:00`, Go's `+0000 UTC`, Java's `[Asia/Seoul]` behind an offset. */
const ZONE =
  /^ ?(?:(?:UTC|GMT)?(?<sign>[+-])(?<zh>\d{1,2}):?(?<zm>\d\d)?(?::?00)?(?: [A-Z]{1,5}| \([^)]{1,40}\))?|(?<name>[A-Z]{1,4}))?(?:\[[\w/+-]{1,40}\])?$/i;

/** A statement's day: in UTC if it says its zone, else as written. Undefined if it is none or ambiguous. */
export function statementDay(text: string): string | undefined {
  const trimmed = text.trim();
  const epoch = dayOfEpoch(trimmed);
  if (epoch !== undefined) return epoch;
  const date = DATES.map((each) => each.exec(trimmed)).find((match) => match !== null);
  const day = date?.groups === undefined ? undefined : dayOf(date.groups);
  if (date === undefined || date === null || day === undefined) return undefined;
  return shifted(day, trimmed.slice(date[0].length));
}

const MONTH_FORMS: readonly RegExp[] = [
  /^(?<y>\d{4})[-/.](?<m>\d{1,2})$/,
  /^(?<m>\d{1,2})\/(?<y>\d{4})$/,
  /^(?<name>[a-z]{3})[a-z]{0,6}\.?,? (?<y>\d{4})$/i,
];

/** A monthly statement's month: `2026-11`, `11/2026`, `November 2026`. */
export function statementMonth(text: string): string | undefined {
  const groups = MONTH_FORMS.map((each) => each.exec(text.trim())).find((match) => match !== null)?.groups;
  return groups === undefined ? undefined : dayOf({ ...groups, d: '01' })?.slice(0, 7);
}

/** `2026-11-21` with an optional time and zone. */
function shifted(day: string, rest: string): string | undefined {
  const time = TIME.exec(rest);
  const zone = ZONE.exec(rest.slice(time?.[0].length ?? 0));
  if (zone?.groups === undefined) return undefined;
  const offset = offsetMinutes(zone.groups);
  const minutes = time?.groups === undefined ? 0 : minutesOfDay(time.groups);
  if (offset === undefined || minutes === undefined) return undefined;
  // A day without a time is that day in any zone.
  return time === null ? day : dayOfMs(Date.parse(`${day}T00:00:00Z`) + (minutes - offset) * 60_000);
}

type Groups = Readonly<Record<string, string | undefined>>;

function dayOf({ y = '', m, d = '', name }: Groups): string | undefined {
  const month = name === undefined ? Number(m) : MONTHS.indexOf(name.toLowerCase()) + 1;
  return parseDay(`${y}-${String(month).padStart(2, '0')}-${d.padStart(2, '0')}`);
}

function minutesOfDay({ h, min, s, half }: Groups): number | undefined {
  const hours = half === undefined ? Number(h) : (Number(h) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  const isTime =
    hours < 24 && Number(min) < 60 && Number(s ?? 0) <= 60 && (half === undefined || Number(h) <= 12);
  return isTime ? hours * 60 + Number(min) : undefined;
}

function offsetMinutes({ sign, zh, zm, name }: Groups): number | undefined {
  if (name !== undefined) {
    const hours = ZONE_HOURS.get(name.toUpperCase());
    return hours === undefined ? undefined : hours * 60;
  }
  if (sign === undefined) return 0;
  const minutes = Number(zh) * 60 + Number(zm ?? 0);
  return minutes > 14 * 60 ? undefined : sign === '-' ? -minutes : minutes;
}

/** Seconds or milliseconds since 1970, from 2001 to 2286. */
function dayOfEpoch(text: string): string | undefined {
  if (!/^(?:\d{10}|\d{13})(?:\.\d+)?$/.test(text)) return undefined;
  return dayOfMs(Number(text) * (/^\d{13}/.test(text) ? 1 : 1_000));
}
