import type { BusEvent, PutEvents } from '../../aws/event-bus.ts';
import {
  BATCH_COMPLETED,
  BATCH_PAUSED,
  BUDGET_NEARLY_SPENT,
  BUDGET_REACHED,
  EVENT_SOURCE,
  FILE_REFUSED,
  SCHEDULE_FAILED,
} from '../../names.ts';
import { openBatches } from '../../pipeline/batch/batches.ts';
import type { Effects, PipelineEvent } from '../../pipeline/effects.ts';
import type { Config } from '../config.ts';

/** Reports batches and schedules to an event bus or webhook. */
export interface Announcer {
  see(event: PipelineEvent): void;
  /** Sends the events. Logs errors, because the table has the truth. */
  send(effects: Pick<Effects, 'table' | 'log'>): Promise<void>;
}

type Pause = Extract<PipelineEvent, { kind: 'paused' }>;

/** For one worker. Sends `BatchPaused` for each open batch, once for each cause in an invocation. */
export function createAnnouncer(putEvents: PutEvents, { stage, names }: Config): Announcer {
  let complete = new Set<string>();
  let pauses = new Map<string, Pause>();
  let others: BusEvent[] = [];

  function see(event: PipelineEvent): void {
    if (event.kind === 'batch-complete') complete.add(event.batch);
    if (event.kind === 'paused') pauses.set(`${event.model} ${event.code}`, event);
    const other = otherEvent(event);
    if (other !== undefined) others.push(other);
  }

  async function send(effects: Pick<Effects, 'table' | 'log'>): Promise<void> {
    const [ended, stopped, rest] = [complete, pauses, others];
    [complete, pauses, others] = [new Set(), new Map(), []];
    if (ended.size + stopped.size + rest.length === 0) return;
    try {
      const events = [...[...ended].map(completed), ...rest];
      if (stopped.size > 0) {
        for await (const batch of openBatches(effects.table)) {
          for (const pause of stopped.values()) events.push(paused(batch, pause));
        }
      }
      await putEvents(events);
    } catch (error) {
      effects.log.error('events could not be sent', error);
    }
  }

  function completed(batch: string): BusEvent {
    const detail = { stage, batch, bucket: names.bucket, manifest: `batches/${batch}/manifest.csv` };
    return { source: EVENT_SOURCE, type: BATCH_COMPLETED, detail };
  }

  function paused(batch: string, { model, code, hint }: Pause): BusEvent {
    return { source: EVENT_SOURCE, type: BATCH_PAUSED, detail: { stage, batch, model, code, hint } };
  }

  /** Events without a condition. */
  function otherEvent(event: PipelineEvent): BusEvent | undefined {
    switch (event.kind) {
      case 'budget-reached':
        return asItIs(BUDGET_REACHED, event);
      case 'budget-nearly-spent':
        return asItIs(BUDGET_NEARLY_SPENT, event);
      case 'schedule-failed':
        return asItIs(SCHEDULE_FAILED, event);
      case 'file-refused':
        return asItIs(FILE_REFUSED, event);
      case 'item-ended':
      case 'batch-complete':
      case 'call-ended':
      case 'charged':
      case 'paused':
        return undefined;
    }
  }

  function asItIs(type: string, { kind: _, ...detail }: BusEvent['detail']): BusEvent {
    return { source: EVENT_SOURCE, type, detail: { stage, ...detail } };
  }

  return { see, send };
}
