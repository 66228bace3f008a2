import { monthOf, weekOf } from '../time/calendar.ts';
import { timeZone } from '../time/time-zone.ts';

/** What `{{date}}`, `{{week}}`, `{{month}}` and `{{run}}` stand for in a schedule's run. */
export type ScheduleVariables = Readonly<Record<'date' | 'week' | 'month' | 'run', string>>;

/** Of the planned time, in the schedule's zone: a run that comes late is still Monday's. */
export function scheduleVariables(plannedAt: string, zone: string, run: number): ScheduleVariables {
  const date = timeZone(zone)?.dayOf(new Date(plannedAt).toISOString());
  if (date === undefined) throw new Error(`there is no time zone ${zone}`);
  return { date, week: weekOf(date), month: monthOf(date), run: String(run) };
}
