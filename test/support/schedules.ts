import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { addSchedule, type ScheduleTriggers } from '../../shared/pipeline/schedule/schedules.ts';
import type { World } from './world.ts';

/** As on one machine: nobody has to be told. */
export const NOBODY: ScheduleTriggers = { keep: async () => undefined, drop: async () => undefined };

export const SOURCE = 'schedules/weekly.csv';

/** A schedule for Mondays at eight in Berlin, made at a world's present time. */
export function weekly(
  world: { readonly clock: Pick<Clock, 'now'> },
  more: Partial<Schedule> = {},
): Schedule {
  const createdAt = new Date(world.clock.now()).toISOString();
  return {
    name: 'weekly',
    timing: { kind: 'cron', expression: '0 8 * * MON' },
    timeZone: 'Europe/Berlin',
    sourceKey: SOURCE,
    ownsSource: false,
    metadata: {},
    overlap: 'queue',
    catchUp: 'skip',
    paused: false,
    createdAt,
    startAt: createdAt,
    runs: 0,
    seenUntil: createdAt,
    ...more,
  };
}

/** Puts a schedule and its source into a world. */
export async function withSchedule(
  world: World,
  more: Partial<Schedule> = {},
  text = 'prompt\na fox\n',
): Promise<Schedule> {
  const schedule = weekly(world, more);
  await putSource(world, text);
  if (!(await addSchedule(world.effects, NOBODY, schedule)))
    throw new Error(`${schedule.name} is there already`);
  return schedule;
}

export async function putSource(world: Pick<World, 'effects'>, text: string): Promise<void> {
  await world.effects.store.put(SOURCE, Buffer.from(text), { contentType: 'text/csv' });
}
