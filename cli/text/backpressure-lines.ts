import type { Backpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { clockTime } from './clock-time.ts';

/** What slows a model down or keeps it waiting, for people: a line each. */
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
      return `waiting: ${model}: the provider asked to wait; waits until ${until}, then goes on by itself`;
    }
    case 'open': {
      const since = new Date(entry.sinceMs).toISOString().slice(0, 19);
      const inSeconds = Math.max(0, Math.ceil((entry.nextProbeAtMs - nowMs) / 1_000));
      const probes = `${entry.probes} probes so far, the next in ${inSeconds} s`;
      return `waiting: ${model} answers 5xx: breaker open since ${since}Z, ${probes}; it goes on by itself`;
    }
  }
}

const HOW_KNOWN = {
  pinned: 'as configured',
  measured: 'learnt from 429s',
  seeking: 'and growing: its limit is being looked for',
} as const;
