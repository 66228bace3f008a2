import { createHandler } from '../../functions/generate/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Item, ItemRef } from '../../shared/domain/item/item.ts';
import { itemsOf } from '../../shared/pipeline/batch/batch-items.ts';
import { workMessageOf } from '../../shared/pipeline/batch/messages.ts';
import { createCreditPool } from '../../shared/pipeline/credits/credit-pool.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { generateItem, type Worker } from '../../shared/pipeline/image/generate.ts';
import { createStoreCheck } from '../../shared/pipeline/image/store-check.ts';
import type { GenerateResult } from '../../shared/pipeline/image/wait-reason.ts';
import { createBatchBook } from '../../shared/pipeline/money/batch-book.ts';
import { createProviderGate } from '../../shared/pipeline/rate/provider-gate.ts';
import { IMPATIENT } from '../../shared/pipeline/rate/rate-limiter.ts';
import { collect } from './collect.ts';
import { sqsEvent } from './sqs-event.ts';
import type { TestClock } from './test-clock.ts';

/** One attempt for an item by a worker of its own. */
export async function generate(effects: Effects, ref: ItemRef): Promise<GenerateResult> {
  const worker = workerOf(effects);
  const leave = worker.credits.join(() => 0);
  const result = await generateItem(effects, worker, ref);
  await leave();
  return result;
}

export function workerOf(effects: Effects): Worker {
  const book = createBatchBook(effects);
  return {
    gate: createProviderGate(effects, IMPATIENT, false, book),
    credits: createCreditPool(effects, book, IMPATIENT),
    attempts: new Set(),
    beginning: new Set(),
    store: createStoreCheck(effects),
    hasTime: () => true,
  };
}

export async function itemsIn({ table }: Pick<Effects, 'table'>, batch: BatchId): Promise<Item[]> {
  return await collect(itemsOf(table, batch));
}

/** The only item of a batch of one. */
export async function onlyItem(effects: Pick<Effects, 'table'>, batch: BatchId): Promise<Item> {
  const [item, ...more] = await itemsIn(effects, batch);
  if (item === undefined || more.length > 0) throw new Error(`${batch} has not one item`);
  return item;
}

/** Longer than any wait between two attempts. */
const ROUND_MS = 120_000;
const MOST_ROUNDS = 60;

/** Gives the messages of a batch's open items to a worker, again and again, until none is open. */
export async function workOff(
  world: { readonly effects: Effects; readonly clock: TestClock },
  batch: BatchId,
  betweenRounds: () => Promise<void> = async () => undefined,
): Promise<void> {
  const handler = createHandler(unlimited(world.effects), { itemsAtOnce: 8, callMs: 0 });
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const open = (await itemsIn(world.effects, batch)).filter(isOpen);
    if (open.length === 0) return;
    const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
    await handler(sqsEvent(open.map((item) => workMessageOf(item).body)), context);
    world.clock.advance(ROUND_MS);
    await betweenRounds();
  }
  throw new Error(`${batch} still has open items after ${MOST_ROUNDS} rounds`);
}

/** The 429s of the profile `mixed` come by chance and tell of no limit: a rate pinned beyond any learns nothing from them. */
export function unlimited(effects: Effects): Effects {
  const pinned = [...effects.models].map(
    ([model, profile]) => [model, { ...profile, requestsPerMinute: 60_000 }] as const,
  );
  return { ...effects, models: new Map(pinned) };
}

export function isOpen({ state }: Item): boolean {
  return state.kind === 'queued' || state.kind === 'working';
}

/** Waits until a batch is over, or stands still for a person. */
export async function untilOver(effects: Effects, batch: BatchId, withinMs = 12_000): Promise<BatchStatus> {
  const { sleep } = systemClock();
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += POLL_MS) {
    const status = await batchStatus(effects, batch);
    if (status?.state === 'complete' || status?.state === 'refused' || status?.state === 'paused')
      return status;
    await sleep(POLL_MS);
  }
  throw new Error(
    `${batch} is not over after ${withinMs} ms: ${JSON.stringify(await batchStatus(effects, batch))}`,
  );
}

const POLL_MS = 50;
