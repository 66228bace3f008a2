import { Presets, SingleBar } from 'cli-progress';
import { costText } from '../../shared/domain/money/money-text.ts';
import type { BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { countText, durationText } from './figures.ts';
import { createProgressRate } from './progress-rate.ts';

/** A bar on a terminal; elsewhere a line now and then. */
export interface ProgressBar {
  /** `note`: what keeps the batch from continuing. */
  show(status: BatchStatus, note?: string): void;
  /** Ends the line for other output; the next `show` starts a new one. */
  stop(): void;
}

type Stream = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Without a terminal, such as in CI, at most a line in so long. */
const LINE_MS = 10_000;

export function createProgressBar(stream: Stream, now: () => number, usdPerCredit?: number): ProgressBar {
  return stream.isTTY ? terminalBar(stream, now, usdPerCredit) : progressLines(stream, now, usdPerCredit);
}

function terminalBar(stream: Stream, now: () => number, usdPerCredit?: number): ProgressBar {
  // Doesn't hide the cursor: a killed process could not restore it.
  const look = { format: ' {bar} {text}', barsize: 24, hideCursor: false, gracefulExit: false, fps: 8 };
  const bar = new SingleBar({ ...look, stream }, Presets.shades_classic);
  const rate = createProgressRate(now);
  let started = false;

  function show(status: BatchStatus, note?: string): void {
    const { ended, total } = countsOf(status);
    const text = { text: progressText(status, rate.after(ended), { note, usdPerCredit }) };
    // A batch without items is finished; with an unknown total, the bar is empty.
    const [value, of] = total === undefined ? [0, 1] : total === 0 ? [1, 1] : [ended, total];
    if (!started) bar.start(of, value, text);
    started = true;
    bar.setTotal(of);
    bar.update(value, text);
  }

  function stop(): void {
    if (started) bar.stop();
    started = false;
  }

  return { show, stop };
}

function progressLines(stream: Stream, now: () => number, usdPerCredit?: number): ProgressBar {
  const rate = createProgressRate(now);
  let lastMs = Number.NEGATIVE_INFINITY;
  let lastText = '';

  function show(status: BatchStatus, note?: string): void {
    const text = progressText(status, rate.after(countsOf(status).ended), { note, usdPerCredit });
    if (now() - lastMs < LINE_MS || text === lastText) return;
    lastMs = now();
    lastText = text;
    stream.write(`${text}\n`);
  }

  return { show, stop: () => undefined };
}

/** `12/27 images · 1 failed · 45/min · 806.4 credits (≈ $0.81) · about 20 s left`. The total is unknown while reading. */
export function progressText(
  status: BatchStatus,
  perMs: number,
  {
    note,
    usdPerCredit,
  }: { readonly note?: string | undefined; readonly usdPerCredit?: number | undefined } = {},
): string {
  const { ended, total } = countsOf(status);
  const pending = total === undefined ? undefined : total - ended;
  return [
    total === undefined
      ? `${countText(ended)} so far, reading the file`
      : `${countText(ended)}/${countText(total)} images`,
    ...(status.items.failed > 0 ? [`${countText(status.items.failed)} failed`] : []),
    ...(perMs > 0 ? [`${countText(perMs * 60_000)}/min`] : []),
    costText(status.creditsMicro, usdPerCredit),
    ...(pending !== undefined && pending > 0 && perMs > 0
      ? [`about ${durationText(pending / perMs)} left`]
      : []),
    ...(note === undefined ? [] : [note]),
  ].join(' · ');
}

function countsOf({ state, items }: BatchStatus): { ended: number; total: number | undefined } {
  const ended = items.done + items.reused + items.failed + items.cancelled;
  return { ended, total: state === 'ingesting' ? undefined : ended + items.pending };
}
