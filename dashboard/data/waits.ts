import type { BatchStatus, StatusPause } from '../../shared/pipeline/finish/batch-status.ts';
import { budgetHint } from '../../shared/pipeline/money/budget-pause.ts';
import { type Backpressure, readBackpressure } from '../../shared/pipeline/rate/backpressure.ts';
import type { Wait } from '../api/batch.ts';
import type { DashboardHost } from '../host.ts';

/** What an open batch waits for, in words: what stops it first, then what slows it. */
export async function waitsOf(host: DashboardHost, status: BatchStatus): Promise<Wait[]> {
  if (status.state === 'complete' || status.state === 'refused') return [];
  const paused = (status.pauses ?? []).map((pause) => pauseWait(pause, host.flag));
  if (paused.length > 0) return paused;
  if (!(await host.isWorkedOn())) return [nobody(host)];
  const backpressure = await readBackpressure(host.effects, host.effects.clock.now());
  return backpressure.map(backpressureWait);
}

function pauseWait(pause: StatusPause, flag: string): Wait {
  const text = `Paused: ${pause.message}`;
  switch (pause.by) {
    case 'budget':
      return {
        kind: 'paused',
        text,
        doThis: budgetHint(pause.scope, pause.untilMs, flag),
        ...(pause.untilMs === undefined ? {} : { until: new Date(pause.untilMs).toISOString() }),
      };
    case 'person':
      return { kind: 'paused', text: 'Paused by a user', resume: 'batch' };
    case 'provider': {
      const of = pause.model === '*' ? '' : ` (${pause.model})`;
      return { kind: 'paused', text: `${text}${of}`, doThis: pause.hint, resume: 'stage' };
    }
  }
}

function nobody({ flag }: DashboardHost): Wait {
  return { kind: 'nobody', text: 'No worker is running', doThis: `pressrun worker${flag}` };
}

function backpressureWait(entry: Backpressure): Wait {
  switch (entry.kind) {
    case 'slowed':
      return { kind: 'slowed', text: `Rate limited: ${entry.model}, ${entry.perMinute} calls/min` };
    case 'waiting':
      return {
        kind: 'slowed',
        text: `Waiting: the provider asked to wait for ${entry.model}; resumes automatically`,
        until: new Date(entry.untilMs).toISOString(),
      };
    case 'open':
      return {
        kind: 'breaker',
        text: `Waiting: ${entry.model} returns 5xx (circuit breaker open); resumes automatically`,
        until: new Date(entry.nextProbeAtMs).toISOString(),
      };
  }
}
