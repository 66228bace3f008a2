import type { Schedule } from '../../shared/domain/schedule/schedule.ts';
import { nextScheduled } from '../../shared/domain/schedule/scheduled-times.ts';
import { wallText } from '../../shared/domain/schedule/wall-clock.ts';
import { type RunInHistory, scheduleHistory } from '../../shared/pipeline/schedule/schedule-history.ts';
import { stateOf, whenText } from '../../shared/pipeline/schedule/schedule-json.ts';
import { runTick } from '../../shared/pipeline/schedule/schedule-tick.ts';
import { allSchedules, pauseSchedule, readSchedule } from '../../shared/pipeline/schedule/schedules.ts';
import type { Schedules } from '../api/stage.ts';
import type { DashboardHost } from '../host.ts';
import { notFound, Problem } from '../problem.ts';

const NEXT = 3;
const RUNS = 10;

export async function schedulesOf({ effects }: DashboardHost): Promise<Schedules> {
  const schedules: Schedules['schedules'] = [];
  const nowMs = effects.clock.now();
  for await (const schedule of allSchedules(effects.table)) {
    const runs: Schedules['schedules'][number]['runs'] = [];
    for await (const run of scheduleHistory(effects.table, schedule.name, RUNS))
      runs.push(runOf(schedule, run));
    const next = nextScheduled(schedule, nowMs, NEXT);
    schedules.push({
      name: schedule.name,
      when: whenText(schedule.timing),
      timeZone: schedule.timeZone,
      state: stateOf(schedule, nowMs),
      next: next.map((ms) => new Date(ms).toISOString()),
      nextLocal: next.map((ms) => wallText(ms, schedule.timeZone)),
      runs,
    });
  }
  return { schedules };
}

function runOf({ timeZone }: Schedule, run: RunInHistory): Schedules['schedules'][number]['runs'][number] {
  return {
    plannedAt: run.plannedAt,
    local: wallText(Date.parse(run.plannedAt), timeZone),
    state: run.state,
    run: run.state === 'skipped' ? null : run.run,
    batch: run.state === 'submitted' ? run.batch : null,
    batchState: run.batchState ?? null,
    reason: run.state === 'failed' || run.state === 'skipped' ? run.reason : null,
    creditsMicro: run.creditsMicro,
  };
}

/** Runs a schedule once now, or pauses or resumes it. */
export async function controlSchedule(
  host: DashboardHost,
  name: string,
  action: 'run' | 'pause' | 'resume',
): Promise<{ readonly text: string; readonly batch: string | null }> {
  const { effects } = host;
  const schedule = await readSchedule(effects.table, name);
  if (schedule === undefined) throw notFound(`There is no schedule ${name}.`);
  if (action !== 'run') {
    const paused = action === 'pause';
    await host.withTimetable((timetable) => pauseSchedule(effects, timetable, schedule, paused));
    return { text: paused ? `Paused ${name}.` : `Resumed ${name}.`, batch: null };
  }
  const plannedAt = new Date(effects.clock.now()).toISOString();
  const result = await runTick(effects, { schedule: name, plannedAt }, 'by-hand');
  if (result.kind !== 'submitted') {
    throw new Problem(409, 'not_run', 'reason' in result ? result.reason : `${name} was removed.`);
  }
  const started = await host.work(result.batch, result.key);
  const note = started.kind === 'problem' ? ` ${started.message}` : '';
  return { text: `Started run ${result.run} of ${name}.${note}`, batch: result.batch };
}
