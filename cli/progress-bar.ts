import { Presets, SingleBar } from 'cli-progress';
import { formatCredits } from '../shared/domain/money.ts';
import type { BatchStatus } from '../shared/pipeline/batch-status.ts';

/** How a batch goes, as a bar on a terminal and as a line now and then elsewhere. */
export interface ProgressBar {
  show(status: BatchStatus): void;
  stop(): void;
}

const FORMAT = ' {bar} {value}/{total} | {failed} failed | {rate}/min | {credits} credits | {left} left';
const LINE_MS = 2_000;
/** The rate is taken over the last part of a run, so that a slow start does not spoil it. */
const WINDOW_MS = 30_000;

/** `--json` leaves the bar out: progress is for people. */
export function createProgressBar(stream: NodeJS.WriteStream, now: () => number): ProgressBar {
  const bar = new SingleBar(
    { format: FORMAT, stream, noTTYOutput: true, notTTYSchedule: LINE_MS, hideCursor: true, fps: 8 },
    Presets.shades_classic,
  );
  const seen: { atMs: number; ended: number }[] = [];
  let started = false;

  function show({ items, creditsMicro }: BatchStatus): void {
    const ended = items.done + items.reused + items.failed + items.cancelled;
    const total = ended + items.pending;
    const nowMs = now();
    seen.push({ atMs: nowMs, ended });
    while (seen.length > 2 && nowMs - (seen[0]?.atMs ?? nowMs) > WINDOW_MS) seen.shift();
    const perMs = rateOf(seen);
    const payload = {
      failed: items.failed,
      rate: (perMs * 60_000).toFixed(0),
      credits: formatCredits(Math.round(creditsMicro / 1000) * 1000),
      left: perMs > 0 ? duration(items.pending / perMs) : '?',
    };
    if (!started) bar.start(total, ended, payload);
    started = true;
    bar.setTotal(total);
    bar.update(ended, payload);
  }

  return { show, stop: () => bar.stop() };
}

function rateOf(seen: readonly { atMs: number; ended: number }[]): number {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return (last.ended - first.ended) / (last.atMs - first.atMs);
}

/** `75000` → `1m15s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
