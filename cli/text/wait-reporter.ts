import type { Effects } from '../../shared/pipeline/effects.ts';
import { type Backpressure, readBackpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { backpressureLines } from './backpressure-lines.ts';
import { clockTime } from './clock-time.ts';

/** Prints waits and open breakers of a followed batch. */
interface WaitReporter {
  /** What keeps a model waiting, for the bar; refreshed in the background. */
  note(): string | undefined;
}

const LOOK_EVERY_MS = 2_000;

/** Prints a line when a breaker opens or a wait begins, once. */
export function createWaitReporter(
  effects: Pick<Effects, 'table' | 'models' | 'clock'>,
  say: (line: string) => void,
): WaitReporter {
  const { clock } = effects;
  let told = new Set<string>();
  let note: string | undefined;
  let nextMs = 0;

  async function look(): Promise<void> {
    const nowMs = clock.now();
    const waits = (await readBackpressure(effects, nowMs)).filter(({ kind }) => kind !== 'slowed');
    for (const wait of waits) {
      if (!told.has(nameOf(wait))) for (const line of backpressureLines([wait], nowMs)) say(line);
    }
    told = new Set(waits.map(nameOf));
    note = waits.map((wait) => shortly(wait, nowMs))[0];
  }

  return {
    note: () => {
      if (clock.now() >= nextMs) {
        nextMs = clock.now() + LOOK_EVERY_MS;
        // Following the batch reads the same table, and reports its errors.
        look().catch(() => undefined);
      }
      return note;
    },
  };
}

function nameOf({ kind, model }: Backpressure): string {
  return `${kind} ${model}`;
}

function shortly(wait: Backpressure, nowMs: number): string | undefined {
  switch (wait.kind) {
    case 'slowed':
      return undefined;
    case 'waiting':
      return `waits until ${clockTime(wait.untilMs, nowMs)}`;
    case 'open':
      return `breaker open, next probe in ${secondsUntil(wait.nextProbeAtMs, nowMs)} s`;
  }
}

function secondsUntil(atMs: number, nowMs: number): number {
  return Math.max(0, Math.ceil((atMs - nowMs) / 1_000));
}
