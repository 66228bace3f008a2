export interface TimeZone {
  readonly name: string;
  /** Roll-ups are by UTC days; other zones' days are added up from charges. */
  readonly isUtc: boolean;
  /** The zone's day at a moment (ISO 8601 in UTC). */
  dayOf(at: string): string;
}

export const UTC: TimeZone = { name: 'UTC', isUtc: true, dayOf: (at) => at.slice(0, 10) };

const UTC_NAMES = new Set(['UTC', 'Etc/UTC', 'GMT', 'Etc/GMT', '+00:00']);
/** More than a year's quarter-hours. */
const MOST_QUARTERS = 50_000;

/** An IANA zone such as `Europe/Berlin`; else undefined. */
export function timeZone(name: string): TimeZone | undefined {
  const format = dayFormat(name);
  if (format === undefined) return undefined;
  const known = format.resolvedOptions().timeZone;
  if (UTC_NAMES.has(known)) return UTC;
  const quarters = new Map<string, string>();
  return {
    name: known,
    isUtc: false,
    dayOf: (at) => {
      // No zone changes its day within a quarter-hour, and a locale's calendar is slow.
      const quarter = at.slice(0, 14) + Math.floor(Number(at.slice(14, 16)) / 15);
      const before = quarters.get(quarter);
      if (before !== undefined) return before;
      if (quarters.size >= MOST_QUARTERS) quarters.clear();
      const day = dayBy(format, Date.parse(at));
      quarters.set(quarter, day);
      return day;
    },
  };
}

function dayFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch {
    return undefined;
  }
}

function dayBy(format: Intl.DateTimeFormat, ms: number): string {
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}
