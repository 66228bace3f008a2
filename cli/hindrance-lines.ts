import type { Hindrance } from '../shared/pipeline/hindrances.ts';

/** What slows a model down or keeps it waiting, for people: a line each. */
export function hindranceLines(hindrances: readonly Hindrance[], nowMs: number): string[] {
  return hindrances.map((hindrance) => lineOf(hindrance, nowMs));
}

function lineOf(hindrance: Hindrance, nowMs: number): string {
  const { model } = hindrance;
  switch (hindrance.kind) {
    case 'slowed':
      return `slowed: ${model}: ${hindrance.perMinute} requests a minute, ${HOW_KNOWN[hindrance.by]}`;
    case 'open': {
      const since = new Date(hindrance.sinceMs).toISOString().slice(0, 19);
      const inSeconds = Math.max(0, Math.ceil((hindrance.nextProbeAtMs - nowMs) / 1_000));
      const probes = `${hindrance.probes} probes so far, the next in ${inSeconds} s`;
      return `waiting: ${model} answers 5xx: breaker open since ${since}Z, ${probes}; it goes on by itself`;
    }
  }
}

const HOW_KNOWN = {
  pinned: 'as configured',
  measured: 'learnt from 429s',
  seeking: 'and growing: its limit is being looked for',
} as const;
