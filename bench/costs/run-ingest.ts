import { createHandler } from '../../functions/ingest/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { createRaceEffects } from '../../test/budget-race/effects.ts';
import { memoryQueue } from '../../test/simulation/memory/memory-queue.ts';
import { memoryStore } from '../../test/simulation/memory/memory-store.ts';
import { memoryTable } from '../../test/simulation/memory/memory-table.ts';
import { sqsRecord } from '../../test/support/sqs-event.ts';
import { virtualClock } from '../../test/support/virtual-clock.ts';
import { countedQueue, countedStore, countedTable, noOperations, type Operations } from './counted.ts';

const TIMEOUT_MS = 300_000;

/** What AWS would ask a price for while the real handler reads a file of so many rows, each with an id. */
export async function runIngest(rows: number, random: () => number): Promise<Operations> {
  const clock = virtualClock();
  const queue = memoryQueue({ clock, random, visibilityMs: 5_400_000, maxReceives: 10 });
  const [table, store, operations] = [memoryTable(), memoryStore(clock), noOperations()];
  const { effects } = createRaceEffects({ table, store, queue, clock, random });
  const key = 'uploads/costs.csv';
  const lines = Array.from({ length: rows }, (_, row) => `fox-${row},"a red fox in the snow, take ${row}"\n`);
  await store.put(key, Buffer.from(`id,prompt\n${lines.join('')}`), { contentType: 'text/csv' });
  const handler = createHandler({
    ...effects,
    table: countedTable(table, operations),
    store: countedStore(store, operations),
    workQueue: countedQueue(queue, operations),
    ingestQueue: { ...effects.ingestQueue, setVisibility: async () => undefined },
  });
  let isOver = false;
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: TIMEOUT_MS, clock });
  const running = handler({ Records: [sqsRecord(uploadMessageOf({ key }).body)] }, context).finally(() => {
    isOver = true;
  });
  await clock.runUntil(clock.now() + TIMEOUT_MS, () => isOver);
  const { batchItemFailures } = await running;
  if (batchItemFailures.length > 0) throw new Error('the file was not taken in');
  return operations;
}
