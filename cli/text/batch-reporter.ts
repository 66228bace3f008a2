import type { BatchId } from '../../shared/domain/ids.ts';
import { newestBatches, openBatches } from '../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { readBackpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { EXIT } from '../exit-codes.ts';
import { backpressureLines } from './backpressure-lines.ts';
import { rejectedLinesText } from './rejected-lines.ts';
import { exitCodeOf, pauseLines, RUN_AGAIN } from './summary.ts';

/** Prints what a worker finishes, batch by batch. */
export interface BatchReporter {
  /** Prints news; returns whether batches are open, and whether all of them need you. */
  look(): Promise<{ readonly open: boolean; readonly paused: boolean }>;
  /** A batch finished since the start with failures, rejected rows, or refused. */
  anyIncomplete(): boolean;
}

/** Batches that may start and finish between two looks without being missed. */
const NEWEST = 20;

/** Skips batches that have finished. Calls `onOver` for each that finishes. */
export async function createBatchReporter(
  effects: Effects,
  stage: string,
  say: (line: string) => void,
  onOver: (batch: BatchId) => void = () => undefined,
): Promise<BatchReporter> {
  const over = new Set<BatchId>();
  const told = new Map<string, string>();
  let incomplete = false;
  for await (const id of newestBatches(effects.table, NEWEST)) {
    const status = await batchStatus(effects, id);
    if (status !== undefined && isOver(status)) over.add(id);
  }

  function tell(about: string, line: string): void {
    if (told.get(about) !== line) say(line);
    told.set(about, line);
  }

  async function look(): Promise<{ open: boolean; paused: boolean }> {
    let open = 0;
    let paused = 0;
    for (const id of await freshBatches(effects, over)) {
      const status = await batchStatus(effects, id);
      if (status === undefined) continue;
      await report(status);
      if (!isOver(status)) open += 1;
      if (status.state === 'paused') paused += 1;
    }
    if (open > 0) await reportBackpressure();
    return { open: open > 0, paused: open > 0 && paused === open };
  }

  async function report(status: BatchStatus): Promise<void> {
    tell(status.batch, progressLine(status));
    // A provider's pause stops all batches: it is printed once.
    for (const line of pauseLines(status, stage, RUN_AGAIN)) tell(line, line);
    if (!isOver(status)) return;
    over.add(status.batch);
    onOver(status.batch);
    incomplete ||= exitCodeOf(status) !== EXIT.ok;
    for (const line of await rejectedLinesText(effects.table, status)) say(line);
  }

  /** Backpressure is printed once, until its kind changes. */
  async function reportBackpressure(): Promise<void> {
    const nowMs = effects.clock.now();
    for (const entry of await readBackpressure(effects, nowMs)) {
      const about = `entry ${entry.model}`;
      if (told.get(about) === entry.kind) continue;
      told.set(about, entry.kind);
      for (const line of backpressureLines([entry], nowMs)) say(line);
    }
  }

  return { look, anyIncomplete: () => incomplete };
}

async function freshBatches(effects: Effects, over: ReadonlySet<BatchId>): Promise<BatchId[]> {
  const ids = new Set<BatchId>();
  for await (const id of openBatches(effects.table)) ids.add(id);
  for await (const id of newestBatches(effects.table, NEWEST)) ids.add(id);
  return [...ids].filter((id) => !over.has(id));
}

function isOver({ state }: BatchStatus): boolean {
  return state === 'complete' || state === 'refused';
}

function progressLine({ batch, state, items, rejected, problem }: BatchStatus): string {
  if (problem !== undefined) return `${batch}: ${state}: ${problem}`;
  const counts = [
    `${items.done + items.reused} done`,
    `${items.failed} failed`,
    ...(items.cancelled > 0 ? [`${items.cancelled} cancelled`] : []),
    `${items.pending} pending`,
  ];
  return `${batch}: ${state}, ${counts.join(', ')}${rejected > 0 ? `, ${rejected} rejected` : ''}`;
}
