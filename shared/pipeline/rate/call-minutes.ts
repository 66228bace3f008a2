import type { Effects, PipelineEvent } from '../effects.ts';
import type { Table } from '../ports.ts';
import {
  CALL_MINUTE_PREFIX,
  type CallMinute,
  callMinuteKey,
  LATENCY_CLASSES_MS,
  rowToCallMinute,
  writeCallMinute,
} from '../rows/call-minute-row.ts';

/** A minute of a model's calls; percentiles are upper ends of latency classes. */
interface CallMinuteFigures {
  readonly at: string;
  readonly calls: number;
  readonly images: number;
  readonly rateLimited: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

const MINUTE_MS = 60_000;
const FLUSH_MS = 5_000;

/** Counts a worker's ended calls by model and minute, one write each. */
export function createCallMinutes({ table, clock, log }: Pick<Effects, 'table' | 'clock' | 'log'>) {
  const counted = new Map<string, CallMinute>();

  let running = 0;
  let flushedMs = 0;

  function see(event: PipelineEvent): void {
    if (event.kind !== 'call-ended') return;
    const minuteMs = Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS;
    const key = `${minuteMs} ${event.model}`;
    counted.set(key, withCall(counted.get(key) ?? emptyMinute(minuteMs), event));
  }

  /** Writes the counts. Logs and drops what fails: these figures are no money. */
  async function flush(): Promise<void> {
    const taken = [...counted];
    counted.clear();
    for (const [key, minute] of taken) {
      try {
        await keep(key.slice(key.indexOf(' ') + 1), minute);
      } catch (error) {
        log.error('calls of a minute could not be counted', error);
      }
    }
  }

  /** Another worker may create the row between two writes. */
  async function keep(model: string, minute: CallMinute): Promise<void> {
    for (const how of ['add', 'begin', 'add'] as const) {
      const { kind } = await table.write([writeCallMinute(model, minute, how)]);
      if (kind === 'written') return;
    }
  }

  return {
    /** Counts, and passes on. */
    seen:
      (notify: Effects['notify']): Effects['notify'] =>
      (event) => {
        see(event);
        notify(event);
      },
    began: (): void => {
      running += 1;
    },
    /** Call after each piece of work: writes now and then, and after the last. */
    ended: async (): Promise<void> => {
      running -= 1;
      if (running > 0 && clock.now() - flushedMs < FLUSH_MS) return;
      flushedMs = clock.now();
      await flush();
    },
  };
}

/** A model's minutes since then, the oldest first, without empty ones. */
export async function readCallMinutes(
  table: Pick<Table, 'query'>,
  model: string,
  sinceMs: number,
): Promise<CallMinuteFigures[]> {
  const { pk } = callMinuteKey(model, sinceMs);
  const minutes: CallMinuteFigures[] = [];
  for await (const row of table.query({ pk, skPrefix: CALL_MINUTE_PREFIX })) {
    const minute = rowToCallMinute(row);
    if (minute.minuteMs < sinceMs) continue;
    minutes.push({
      at: new Date(minute.minuteMs).toISOString(),
      calls: minute.calls,
      images: minute.images,
      rateLimited: minute.rateLimited,
      failed: minute.failed,
      p50Ms: percentileMs(minute.classes, 0.5),
      p95Ms: percentileMs(minute.classes, 0.95),
    });
  }
  return minutes.sort((a, b) => (a.at < b.at ? -1 : 1));
}

function emptyMinute(minuteMs: number): CallMinute {
  const classes = new Array<number>(LATENCY_CLASSES_MS.length + 1).fill(0);
  return { minuteMs, calls: 0, images: 0, rateLimited: 0, failed: 0, classes };
}

function withCall(minute: CallMinute, event: Extract<PipelineEvent, { kind: 'call-ended' }>): CallMinute {
  const isImage = event.outcome === 'image';
  const isRateLimited = event.outcome === 'rate_limit' || event.outcome === 'quota';
  const place = LATENCY_CLASSES_MS.findIndex((endMs) => event.latencyMs <= endMs);
  const at = place === -1 ? LATENCY_CLASSES_MS.length : place;
  return {
    minuteMs: minute.minuteMs,
    calls: minute.calls + 1,
    images: minute.images + (isImage ? 1 : 0),
    rateLimited: minute.rateLimited + (isRateLimited ? 1 : 0),
    failed: minute.failed + (isImage || isRateLimited ? 0 : 1),
    classes: minute.classes.map((calls, nth) => (nth === at ? calls + 1 : calls)),
  };
}

function percentileMs(classes: readonly number[], share: number): number | null {
  const all = classes.reduce((sum, calls) => sum + calls, 0);
  if (all === 0) return null;
  let passed = 0;
  for (const [nth, calls] of classes.entries()) {
    passed += calls;
    if (passed >= all * share) return LATENCY_CLASSES_MS[nth] ?? LATENCY_CLASSES_MS.at(-1) ?? null;
  }
  return null;
}
