import { createHandler, GROUP_MS } from '../../functions/generate/handler.ts';
import { createHandler as createIngest } from '../../functions/ingest/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import type { Provider } from '../../shared/provider/types.ts';
import { createRaceEffects } from '../../test/budget-race/effects.ts';
import { memoryQueue } from '../../test/simulation/memory/memory-queue.ts';
import { memoryStore } from '../../test/simulation/memory/memory-store.ts';
import { memoryTable } from '../../test/simulation/memory/memory-table.ts';
import { provenRow } from '../../test/support/proven.ts';
import { sqsRecord } from '../../test/support/sqs-event.ts';
import { virtualClock } from '../../test/support/virtual-clock.ts';
import { countedQueue, countedStore, countedTable, noOperations, type Operations } from './counted.ts';

export interface Invocation {
  readonly images: number;
  readonly seconds: number;
  /** The share of its slots' time in which a call was in progress. */
  readonly slotUse: number;
  readonly operations: Operations;
  /** Write units by partition of the table. */
  readonly written: ReadonlyMap<string, number>;
}

interface Setting {
  readonly slots: number;
  readonly timeoutMs: number;
  readonly callMs: number;
  readonly shortCallMs?: number;
  /** Items in the queue: more than one invocation can make. */
  readonly items: number;
  readonly random: () => number;
}

export const MODEL = 'gemini-3.1-flash-image-preview';
const MEAN_MS = 20_000;
const SIGMA = 0.6;
const LONGEST_MS = 180_000;

/** One whole invocation of the real handler in virtual time, over ports in memory that count what AWS would ask a price for. */
export async function runInvocation({
  slots,
  timeoutMs,
  callMs,
  shortCallMs = callMs,
  items,
  random,
}: Setting): Promise<Invocation> {
  const clock = virtualClock();
  const table = memoryTable();
  await table.write([{ kind: 'put', row: provenRow(MODEL) }]);
  const store = memoryStore(clock);
  const queue = memoryQueue({ clock, random, visibilityMs: 5_400_000, maxReceives: 10 });
  const operations = noOperations();
  const written = new Map<string, number>();
  const { effects } = createRaceEffects({ table, store, queue, clock, random });
  await ingestItems(effects, items, clock);

  let callMsSum = 0;
  let images = 0;
  const provider: Provider = {
    ...effects.provider,
    call: async (...call) => {
      const ms = latencyMs(random);
      await clock.sleep(ms);
      callMsSum += ms;
      images += 1;
      return await effects.provider.call(...call);
    },
  };
  const counted = {
    ...effects,
    provider,
    table: countedTable(table, operations, written),
    store: countedStore(store, operations),
    workQueue: countedQueue(queue, operations),
  };
  const handler = createHandler(counted, {
    itemsAtOnce: slots,
    callMs,
    shortCallMs,
    pacing: ONE_OF_MANY,
    topsUp: true,
    groupMs: GROUP_MS,
  });
  const first = await queue.receive(Math.min(slots, 10), 0);
  const Records = first.map(({ body, receipt }) => ({ ...sqsRecord(body), receiptHandle: receipt }));
  const startedMs = clock.now();
  let isOver = false;
  const running = handler({ Records }, lambdaContext({ functionName: 'generate', timeoutMs, clock })).finally(
    () => {
      isOver = true;
    },
  );
  await clock.runUntil(startedMs + 2 * timeoutMs, () => isOver);
  await running;
  const seconds = (clock.now() - startedMs) / 1_000;
  // Lambda's own receive and delete of the first messages.
  operations.sqsRequests += 2 * Math.ceil(first.length / 10);
  return { images, seconds, slotUse: callMsSum / (slots * seconds * 1_000), operations, written };
}

async function ingestItems(
  effects: ReturnType<typeof createRaceEffects>['effects'],
  items: number,
  clock: ReturnType<typeof virtualClock>,
): Promise<void> {
  const key = 'uploads/costs.csv';
  const rows = Array.from({ length: items }, (_, row) => `a fox, take ${row}\n`).join('');
  await effects.store.put(key, Buffer.from(`prompt\n${rows}`), { contentType: 'text/csv' });
  const ingest = createIngest({ ...effects, ingestQueue: noQueue(effects) });
  const event = { Records: [sqsRecord(uploadMessageOf({ key }).body)] };
  let isOver = false;
  const running = ingest(event, lambdaContext({ functionName: 'ingest', timeoutMs: 900_000, clock })).finally(
    () => {
      isOver = true;
    },
  );
  await clock.runUntil(clock.now() + 900_000, () => isOver);
  await running;
}

function noQueue({ ingestQueue }: ReturnType<typeof createRaceEffects>['effects']) {
  return { ...ingestQueue, setVisibility: async () => undefined };
}

/** With a mean of 20 s. One in 30,000 would take longer than the client waits. */
export function latencyMs(random: () => number): number {
  const drawn = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.min(LONGEST_MS, MEAN_MS * Math.exp(SIGMA * drawn - (SIGMA * SIGMA) / 2));
}
