/** A zone's wall clock, in milliseconds as if in UTC. */
type WallMs = number;

const DAY_MS = 86_400_000;
const FORMATS = new Map<string, Intl.DateTimeFormat>();

export function wallAt(ms: number, zone: string): WallMs {
  const part = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = NAMES.map((name) =>
    part.get(name),
  );
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

/** When a zone's clocks show that time: the first of two if set back, undefined if set forward over it. */
export function momentOf(wall: WallMs, zone: string): number | undefined {
  // No zone changes its clocks twice within two days.
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((ms) => wallAt(ms, zone) - ms);
  const moments = offsets.map((offset) => wall - offset).filter((ms) => wallAt(ms, zone) === wall);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** `2026-11-23 08:00` in the zone. */
export function wallText(ms: number, zone: string): string {
  return new Date(wallAt(ms, zone)).toISOString().slice(0, 16).replace('T', ' ');
}

/** `2026-12-24T18:00`, `2026-12-24 18:00`, or `2026-12-24` (midnight); else undefined. */
export function parseWall(text: string): WallMs | undefined {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?$/.exec(text.trim());
  if (match === null) return undefined;
  const iso = `${match[1]}T${match[2] ?? '00:00'}:00.000Z`;
  const ms = Date.parse(iso);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === iso ? ms : undefined;
}

const NAMES = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  FORMATS.set(timeZone, format);
  return format;
}
