/** Days, inclusive, such as `2026-11-21`. */
export interface DayWindow {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
/** More than ten years is a typing error. */
const MOST_DAYS = 3_660;

/** Undefined if there is no such day. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && dayOfMs(ms) === text ? text : undefined;
}

/** In UTC. */
export function dayOfMs(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOfMs(Date.parse(day) + days * DAY_MS);
}

/** The same day of another month, at most its last. */
export function addMonths(day: string, months: number): string {
  const first = new Date(`${day.slice(0, 7)}-01`);
  first.setUTCMonth(first.getUTCMonth() + months);
  const next = new Date(first);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const daysInMonth = (next.getTime() - first.getTime()) / DAY_MS;
  return addDays(dayOfMs(first.getTime()), Math.min(Number(day.slice(8)), daysInMonth) - 1);
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** ISO 8601, such as `2026-W47`: Monday to Sunday, in its Thursday's year. */
export function weekOf(day: string): string {
  const ms = Date.parse(day);
  const mondayIsZero = (new Date(ms).getUTCDay() + 6) % 7;
  const thursday = dayOfMs(ms + (3 - mondayIsZero) * DAY_MS);
  const year = thursday.slice(0, 4);
  const nth = Math.floor((Date.parse(thursday) - Date.parse(`${year}-01-01`)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(nth).padStart(2, '0')}`;
}

export function daysIn({ from, to }: DayWindow): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) days.push(dayOfMs(ms));
  return days;
}

/** The window that ends with `to` and lasts `7d`, `2w` or `1m`; undefined if it is no length up to ten years. */
export function windowOfLast(length: string, to: string): DayWindow | undefined {
  const match = /^([1-9]\d{0,3})([dwm])$/.exec(length.trim());
  if (match === null) return undefined;
  const count = Number(match[1]);
  if (match[2] === 'm') return count > 120 ? undefined : { from: addDays(addMonths(to, -count), 1), to };
  const days = match[2] === 'w' ? count * 7 : count;
  return days > MOST_DAYS ? undefined : { from: addDays(to, 1 - days), to };
}

export function isLongerThanTenYears({ from, to }: DayWindow): boolean {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS > MOST_DAYS;
}
