import type { Backpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { clockTime } from './clock-time.ts';

/** One line for each model's backpressure. */
export function backpressureLines(backpressure: readonly Backpressure[], nowMs: number): string[] {
  return backpressure.map((entry) => lineOf(entry, nowMs));
}

function lineOf(entry: Backpressure, nowMs: number): string {
  const { model } = entry;
  switch (entry.kind) {
    case 'slowed':
      return `slowed: ${model}: ${entry.perMinute} requests a minute, ${HOW_KNOWN[entry.by]}`;
    case 'waiting': {
      const until = clockTime(entry.untilMs, nowMs);
      return `waiting: ${model}: the provider asked to wait; waits until ${until}, then resumes automatically`;
    }
    case 'open': {
      const since = new Date(entry.sinceMs).toISOString().slice(0, 19);
      const inSeconds = Math.max(0, Math.ceil((entry.nextProbeAtMs - nowMs) / 1_000));
      const probes = `${entry.probes} probes so far, the next in ${inSeconds} s`;
      return `waiting: ${model} answers 5xx: breaker open since ${since}Z, ${probes}; resumes automatically`;
    }
  }
}

const HOW_KNOWN = {
  pinned: 'as configured',
  measured: 'measured from 429s',
  seeking: 'and rising while the limit is unknown',
} as const;
