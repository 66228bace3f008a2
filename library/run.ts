import { EventEmitter, on } from 'node:events';
import { submitBatch } from '../cli/files/submit-batch.ts';
import { follow, followUntil } from '../cli/stage/follow.ts';
import { startLocalWork } from '../cli/stage/local-work.ts';
import type { OpenStage, OpenStageOptions } from '../cli/stage/open-stage.ts';
import { withStage } from '../cli/stage/with-stage.ts';
import { isEmbedded } from '../cli/stage-names.ts';
import type { BatchOptions } from '../shared/domain/batch/batch.ts';
import type { BatchId } from '../shared/domain/ids.ts';
import type { PipelineEvent } from '../shared/pipeline/effects.ts';
import type { BatchStatus } from '../shared/pipeline/finish/batch-status.ts';
import type { PromptFile } from '../shared/pipeline/ingest/submit.ts';
import type { Config } from '../shared/runtime/config.ts';
import { type RunResult, readRunResult } from './run-result.ts';

export type RunEvent =
  /** The file is in the stage: the same call resumes the batch from here on. */
  | { readonly kind: 'submitted'; readonly batch: BatchId; readonly isNew: boolean }
  /** How columns were read, a raised budget, or who works in the stage. */
  | { readonly kind: 'note'; readonly message: string }
  | { readonly kind: 'status'; readonly status: BatchStatus }
  /** An image is stored under this key. Only if this process works. */
  | { readonly kind: 'image'; readonly row: number; readonly variant: number; readonly key: string }
  /** An item ended without an image. Only if this process works. */
  | { readonly kind: 'ended'; readonly row: number; readonly variant: number }
  | {
      readonly kind: 'budget-nearly-spent';
      readonly account: string;
      readonly spentMicro: number;
      readonly limitMicro: number;
    };

/** A run in progress: iterate it for events, await `result` for its end. Leaving the loop doesn't stop it; its signal does. */
export interface Run extends AsyncIterable<RunEvent> {
  readonly result: Promise<RunResult>;
}

interface RunRequest {
  readonly config: Config;
  readonly options: BatchOptions;
  /** When aborted, starts no new call and waits for those in progress; `result` says how far it came. */
  readonly signal: AbortSignal;
  readonly open: () => Promise<{ readonly file: PromptFile; readonly stage: OpenStageOptions }>;
}

/** Starts a run at once. */
export function startRun(request: RunRequest): Run {
  const events = new EventEmitter();
  const tell = (event: RunEvent) => void events.emit('event', event);
  const result = generate(request, tell).finally(() => events.emit('end'));
  // Iterating reports the error, too.
  result.catch(() => undefined);
  return {
    result,
    async *[Symbol.asyncIterator]() {
      for await (const [event] of on(events, 'event', { close: ['end'] })) yield event;
      await result;
    },
  };
}

async function generate(
  { config, options, signal, open }: RunRequest,
  tell: (event: RunEvent) => void,
): Promise<RunResult> {
  const { file, stage: opening } = await open();
  for (const { line } of file.notes ?? []) tell({ kind: 'note', message: line });
  let current: BatchId | undefined;
  const notify = (event: PipelineEvent) => {
    const told = runEventOf(event, current);
    if (told !== undefined) tell(told);
  };
  return await withStage(config, 'look', { ...opening, notify }, async (stage) => {
    const { effects } = stage.runtime;
    const say = (message: string) => tell({ kind: 'note', message });
    const { batch, key, isNew } = await submitBatch(effects, file, options, {
      regeneratesMissing: true,
      say,
    });
    current = batch;
    tell({ kind: 'submitted', batch, isNew });
    await followWork(stage, { config, batch, key, say }, signal, tell);
    const result = await readRunResult(effects, batch);
    if (result === undefined) throw new Error(`${batch}: its file was not read before the run stopped`);
    return result;
  });
}

type Work = Parameters<typeof startLocalWork>[1];

/** This machine's process that works in the stage, this or another; elsewhere the stage's workers. */
async function followWork(
  stage: OpenStage,
  work: Work,
  signal: AbortSignal,
  tell: (event: RunEvent) => void,
): Promise<void> {
  const { effects } = stage.runtime;
  const { batch, config } = work;
  let told = '';
  const show = (status: BatchStatus) => {
    const text = JSON.stringify(status);
    if (text !== told) tell({ kind: 'status', status });
    told = text;
  };
  const workers = isEmbedded(config.stage) ? await startLocalWork(stage, work) : undefined;
  try {
    await follow(effects, batch, signal, show, () => workers?.failure());
    if (workers !== undefined) await followUntil(workers.stop(), effects, batch, show);
  } finally {
    await workers?.stop();
  }
}

/** A pipeline event as a run's event; undefined if it is none, or another batch's. */
function runEventOf(event: PipelineEvent, batch: BatchId | undefined): RunEvent | undefined {
  switch (event.kind) {
    case 'item-ended': {
      const { row, variant } = event.item;
      // Workers also generate other batches.
      if (event.item.batch !== batch) return undefined;
      const { imageKey: key } = event;
      return key === undefined ? { kind: 'ended', row, variant } : { kind: 'image', row, variant, key };
    }
    case 'budget-nearly-spent': {
      const { account, spentMicro, limitMicro } = event;
      return { kind: 'budget-nearly-spent', account, spentMicro, limitMicro };
    }
    case 'batch-complete':
    case 'call-ended':
    case 'charged':
    case 'paused':
    case 'budget-reached':
    case 'file-refused':
    case 'schedule-failed':
      return undefined;
  }
}
