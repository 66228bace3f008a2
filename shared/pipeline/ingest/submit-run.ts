import type { Batch, BatchOptions } from '../../domain/batch/batch.ts';
import { type Item, imageOf } from '../../domain/item/item.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { isInStore } from './reuse.ts';
import { type PromptFile, type SubmitResult, submitFile } from './submit.ts';

interface RunOptions {
  /** Whether missing images are a reason for a new batch. */
  readonly regeneratesMissing: boolean;
}

/** Submits a file as its earlier batch, or as the next one if that has finished without what is wanted now. */
export async function submitRun(
  effects: Pick<Effects, 'store' | 'table' | 'defaultModel'>,
  file: PromptFile,
  options: BatchOptions,
  { regeneratesMissing }: RunOptions,
): Promise<SubmitResult> {
  for (let run = 1; ; run += 1) {
    const submitted = await submitFile(effects, file, run === 1 ? options : { ...options, run });
    if (submitted.kind === 'problem' || submitted.isNew) return submitted;
    const before = await readBatch(effects.table, submitted.batch);
    if (before === undefined || !isOver(before)) return submitted;
    // What its ingest failed for may be fixed.
    if (before.state === 'refused') continue;
    if (!options.fresh && !(regeneratesMissing && (await hasLostImages(effects, before)))) return submitted;
  }
}

function isOver({ state }: Batch): boolean {
  return state !== 'ingesting' && state !== 'running' && state !== 'finishing';
}

/** Objects checked at a time. */
const HEADS = 32;

async function hasLostImages(effects: Pick<Effects, 'store' | 'table'>, batch: Batch): Promise<boolean> {
  let items: Item[] = [];
  for await (const item of itemsOf(effects.table, batch.id)) {
    items.push(item);
    if (items.length < HEADS) continue;
    if (await anyLost(effects, items)) return true;
    items = [];
  }
  return await anyLost(effects, items);
}

async function anyLost(effects: Pick<Effects, 'store'>, items: readonly Item[]): Promise<boolean> {
  const lost = items.map(async (item) => {
    const image = imageOf(item);
    return image !== undefined && !(await isInStore(effects, image));
  });
  return (await Promise.all(lost)).includes(true);
}
