/** Days from `from` to `to`, both included, such as `2026-11-21`. */
export interface DayWindow {
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
/** More than ten years at once is a slip of the pen. */
const MOST_DAYS = 3_660;

/** A day as it is written, or undefined if the calendar has no such day. */
export function parseDay(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && dayOfMs(ms) === text ? text : undefined;
}

/** The day (UTC) of a moment in epoch milliseconds. */
export function dayOfMs(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  return dayOfMs(Date.parse(day) + days * DAY_MS);
}

/** The same day of another month, or that month's last day where it is shorter. */
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

/** The week by ISO 8601, such as `2026-W47`: Monday to Sunday, of the year that its Thursday is in. */
export function weekOf(day: string): string {
  const ms = Date.parse(day);
  const mondayIsZero = (new Date(ms).getUTCDay() + 6) % 7;
  const thursday = dayOfMs(ms + (3 - mondayIsZero) * DAY_MS);
  const year = thursday.slice(0, 4);
  const nth = Math.floor((Date.parse(thursday) - Date.parse(`${year}-01-01`)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(nth).padStart(2, '0')}`;
}

/** Every day of the window, in order. */
export function daysIn({ from, to }: DayWindow): string[] {
  const days: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += DAY_MS) days.push(dayOfMs(ms));
  return days;
}

/** The window that ends with `to` and is as long as `7d`, `2w` or `1m` says; undefined if that is no length up to ten years. */
export function windowOfLast(length: string, to: string): DayWindow | undefined {
  const match = /^([1-9]\d{0,3})([dwm])$/.exec(length.trim());
  if (match === null) return undefined;
  const count = Number(match[1]);
  if (match[2] === 'm') return count > 120 ? undefined : { from: addDays(addMonths(to, -count), 1), to };
  const days = match[2] === 'w' ? count * 7 : count;
  return days > MOST_DAYS ? undefined : { from: addDays(to, 1 - days), to };
}

/** A window that no one means to ask for. */
export function isLongerThanTenYears({ from, to }: DayWindow): boolean {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS > MOST_DAYS;
}
