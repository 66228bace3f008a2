import { monthOf, weekOf } from '../time/calendar.ts';
import { timeZone } from '../time/time-zone.ts';

/** A run's values of `{{date}}`, `{{week}}`, `{{month}}` and `{{run}}`. */
export type ScheduleVariables = Readonly<Record<'date' | 'week' | 'month' | 'run', string>>;

/** Of the scheduled time in the schedule's zone: a late run is still Monday's. */
export function scheduleVariables(plannedAt: string, zone: string, run: number): ScheduleVariables {
  const date = timeZone(zone)?.dayOf(new Date(plannedAt).toISOString());
  if (date === undefined) throw new Error(`there is no time zone ${zone}`);
  return { date, week: weekOf(date), month: monthOf(date), run: String(run) };
}
