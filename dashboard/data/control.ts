import type * as z from 'zod/mini';
import type { BatchId } from '../../shared/domain/ids.ts';
import { ITEM_FAILURE_CODES, type Item } from '../../shared/domain/item/item.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import { readBatch } from '../../shared/pipeline/batch/batches.ts';
import { quarantinedAnswers } from '../../shared/pipeline/image/kept-answers.ts';
import { cancelBatch } from '../../shared/pipeline/life/cancel-batch.ts';
import { replayBatch } from '../../shared/pipeline/life/replay-batch.ts';
import { isSelected, type RetryOnly, retryBatch } from '../../shared/pipeline/life/retry-batch.ts';
import { endBatchPause, pauseBatch } from '../../shared/pipeline/money/batch-pauses.ts';
import { endPauseAll, endPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import type { ControlResult, control } from '../api/work.ts';
import type { DashboardHost } from '../host.ts';
import { notFound, Problem } from '../problem.ts';
import { creditsOfItems } from './item-costs.ts';

type ControlRequest = z.infer<typeof control>;

export const ACTIONS = ['pause', 'resume', 'cancel', 'retry', 'replay'] as const;
type Action = (typeof ACTIONS)[number];

/** Does what a button of a batch asks for, or with `dryRun` says what it would do. */
export async function controlBatch(
  host: DashboardHost,
  id: BatchId,
  action: Action,
  request: ControlRequest,
): Promise<ControlResult> {
  if ((await readBatch(host.effects.table, id)) === undefined) throw notFound(`There is no batch ${id}.`);
  switch (action) {
    case 'pause':
      return await pause(host, id);
    case 'resume':
      return await resume(host, id);
    case 'cancel':
      return await cancel(host, id, request.dryRun === true);
    case 'retry':
      return await retry(host, id, request);
    case 'replay':
      return await replay(host, id, request.dryRun === true);
  }
}

async function pause({ effects, flag }: DashboardHost, id: BatchId): Promise<ControlResult> {
  const since = new Date(effects.clock.now()).toISOString();
  const hint = `\`pressrun resume ${id}${flag}\``;
  await pauseBatch(effects, id, { by: 'person', message: 'paused by hand', hint, since });
  return { items: 0, credits: null, text: 'Paused. Calls in progress will finish and be charged.' };
}

/** Ends the batch's own pause, and those that failures brought about. */
async function resume(host: DashboardHost, id: BatchId): Promise<ControlResult> {
  const { effects } = host;
  await endBatchPause(effects.table, id, 'person');
  await endPauses(effects, effects.models.keys());
  await endPauseAll(effects);
  return { items: 0, credits: null, text: await workOn(host, id, 'Resumed.') };
}

async function cancel({ effects }: DashboardHost, id: BatchId, dryRun: boolean): Promise<ControlResult> {
  if (dryRun) {
    const waiting = await itemsWhere(effects.table, id, ({ state }) => state.kind === 'queued');
    const working = await itemsWhere(effects.table, id, ({ state }) => state.kind === 'working');
    const charged = working.length === 0 ? '' : ` ${working.length} calls in progress will be charged.`;
    return {
      items: waiting.length,
      credits: null,
      text: `${waiting.length} images will not be generated.${charged} Finished images stay.`,
    };
  }
  const result = await cancelBatch(effects, id);
  if (result === undefined) throw notFound(`There is no batch ${id}.`);
  if (result.kind === 'over') throw new Problem(409, 'finished', `${id} has already finished.`);
  return { items: result.items, credits: null, text: `Cancelled ${result.items} images.` };
}

async function retry(host: DashboardHost, id: BatchId, request: ControlRequest): Promise<ControlResult> {
  const { effects } = host;
  const only = onlyOf(request);
  if (request.dryRun) {
    const items = await itemsWhere(effects.table, id, (item) => isSelected(item, only));
    const credits = await creditsOfItems(effects, id, items);
    return { items: items.length, credits, text: `${items.length} images will be generated again.` };
  }
  const result = await retryBatch(effects, id, only);
  switch (result?.kind) {
    case 'retried':
      return {
        items: result.items,
        credits: null,
        text: await workOn(host, id, `Queued ${result.items} images for retry.`),
      };
    case 'busy':
      throw new Problem(409, 'busy', `${id} is being finished. Try again in 20 seconds.`);
    case 'cancelling':
      throw new Problem(409, 'cancelling', `${id} is being cancelled. Try again when it is complete.`);
    case 'refused-file':
      throw new Problem(409, 'refused', `The file of ${id} could not be read. Fix it, then submit it again.`);
    case undefined:
      throw notFound(`There is no batch ${id}.`);
  }
}

/** Reads saved responses again: what was paid for and had no usable image may have one by now. */
async function replay({ effects }: DashboardHost, id: BatchId, dryRun: boolean): Promise<ControlResult> {
  if (dryRun) {
    let kept = 0;
    for await (const _ of quarantinedAnswers(effects.store, id)) kept += 1;
    const text = `${plural(kept, 'saved response')} will be read again. Nothing is sent to the provider.`;
    return { items: kept, credits: null, text };
  }
  const read = (await replayBatch(effects, id)) ?? [];
  const count = (outcome: string) => read.filter((each) => each.outcome === outcome).length;
  const still = read.find(({ outcome }) => outcome === 'still');
  const why = still?.message === undefined ? '' : `, such as: ${still.message}`;
  return {
    items: count('done'),
    credits: null,
    text: `${plural(read.length, 'saved response')}: ${count('done')} became images, ${count('still')} still unusable${why}.`,
  };
}

function plural(count: number, one: string): string {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

function onlyOf({ only, items }: ControlRequest): RetryOnly | undefined {
  if (items !== undefined) return { items };
  if (only === undefined) return undefined;
  const code = [...ITEM_FAILURE_CODES, 'cancelled' as const].find((each) => each === only);
  if (code === undefined) throw new Problem(400, 'bad_request', `There is no failure code "${only}".`);
  return code;
}

async function workOn(host: DashboardHost, id: BatchId, said: string): Promise<string> {
  const batch = await readBatch(host.effects.table, id);
  if (batch === undefined) return said;
  const started = await host.work(id, batch.key);
  if (started.kind === 'problem') return `${said} ${started.message}`;
  return started.note === undefined ? said : `${said} ${started.note}`;
}

async function itemsWhere(
  table: DashboardHost['effects']['table'],
  id: BatchId,
  isWanted: (item: Item) => boolean,
): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of itemsOf(table, id)) if (isWanted(item)) items.push(item);
  return items;
}
