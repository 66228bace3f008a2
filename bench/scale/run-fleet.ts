import { CALL_MS, createHandler, GROUP_MS, SHORT_CALL_MS } from '../../functions/generate/handler.ts';
import { createHandler as createIngest } from '../../functions/ingest/handler.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { ONE_OF_MANY } from '../../shared/pipeline/rate/rate-limiter.ts';
import type { Provider } from '../../shared/provider/types.ts';
import { createRaceEffects } from '../../test/budget-race/effects.ts';
import { memoryStore } from '../../test/simulation/memory/memory-store.ts';
import { memoryTable } from '../../test/simulation/memory/memory-table.ts';
import { provenRow } from '../../test/support/proven.ts';
import { sqsRecord } from '../../test/support/sqs-event.ts';
import { NOON_MS } from '../../test/support/test-clock.ts';
import { countedTable, noOperations } from '../costs/counted.ts';
import { latencyMs, MODEL } from '../costs/run-invocation.ts';
import { type Contention, contendedTable, noContention } from './contended-table.ts';
import { longQueue } from './long-queue.ts';
import { tickClock } from './tick-clock.ts';

interface Fleet {
  readonly invocations: number;
  readonly slots: number;
  readonly items: number;
  readonly batches: number;
  /** How long it is looked at, from its first invocation on. */
  readonly seconds: number;
  readonly random: () => number;
}

/** What the fleet did in one second. */
export interface Second {
  readonly images: number;
  readonly inFlight: number;
  /** Units by partition. */
  readonly written: ReadonlyMap<string, number>;
  readonly read: ReadonlyMap<string, number>;
}

/** Lambda adds 300 invocations a minute for a queue. */
const BEGIN_EVERY_MS = 200;

/** Many invocations of the real handler side by side, in virtual time, over a table in which their writes meet. */
export async function runFleet(
  fleet: Fleet,
): Promise<{ readonly seconds: readonly Second[]; readonly contention: Contention }> {
  const { invocations, slots, random } = fleet;
  const clock = tickClock(NOON_MS);
  const [written, read] = [new Map<string, number>(), new Map<string, number>()];
  const [table, store, queue] = [memoryTable(), memoryStore(clock), longQueue(clock)];
  const contention = noContention();
  const { effects } = createRaceEffects({ table, store, queue, clock, random });
  await table.write([{ kind: 'put', row: provenRow(MODEL) }]);
  for (let nth = 1; nth <= fleet.batches; nth += 1) await ingest(effects, clock, nth, fleet);

  let images = 0;
  const provider: Provider = {
    ...effects.provider,
    call: async (...call) => {
      await clock.sleep(latencyMs(random));
      images += 1;
      return await effects.provider.call(...call);
    },
  };
  const counted = countedTable(table, noOperations(), written, read);
  const shared = {
    ...effects,
    provider,
    table: contendedTable(counted, { clock, random, contention }),
  };
  for (let nth = 0; nth < invocations; nth += 1)
    void clock.sleep(nth * BEGIN_EVERY_MS).then(() => generate(shared, clock, slots));
  const seconds: Second[] = [];
  for (let second = 1; second <= fleet.seconds; second += 1) {
    const before = { images, written: new Map(written), read: new Map(read) };
    await clock.runUntil(clock.now() + 1_000);
    seconds.push({
      images: images - before.images,
      inFlight: queue.inFlight(),
      written: since(before.written, written),
      read: since(before.read, read),
    });
  }
  return { seconds, contention };
}

async function generate(effects: Effects, clock: ReturnType<typeof tickClock>, slots: number): Promise<void> {
  const handler = createHandler(effects, {
    itemsAtOnce: slots,
    callMs: CALL_MS,
    shortCallMs: SHORT_CALL_MS,
    pacing: ONE_OF_MANY,
    topsUp: true,
    groupMs: GROUP_MS,
    parks: true,
  });
  const first = await effects.workQueue.receive(10, 1_000);
  const Records = first.map(({ body, receipt }) => ({ ...sqsRecord(body), receiptHandle: receipt }));
  await handler({ Records }, lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock }));
}

async function ingest(
  effects: Effects,
  clock: ReturnType<typeof tickClock>,
  nth: number,
  { items, batches }: Pick<Fleet, 'items' | 'batches'>,
): Promise<void> {
  const key = `uploads/fleet-${nth}.csv`;
  const rows = Array.from({ length: items / batches }, (_, row) => `a fox, take ${row} of ${nth}\n`).join('');
  await effects.store.put(key, Buffer.from(`prompt\n${rows}`), { contentType: 'text/csv' });
  const handler = createIngest({
    ...effects,
    ingestQueue: { ...effects.ingestQueue, setVisibility: async () => undefined },
  });
  let isOver = false;
  const context = lambdaContext({ functionName: 'ingest', timeoutMs: 900_000, clock });
  const running = handler({ Records: [sqsRecord(uploadMessageOf({ key }).body)] }, context).finally(() => {
    isOver = true;
  });
  await clock.runUntil(clock.now() + 900_000, () => isOver);
  const { batchItemFailures } = await running;
  if (batchItemFailures.length > 0) throw new Error(`file ${nth} was not taken in`);
}

function since(before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): Map<string, number> {
  const more = new Map<string, number>();
  for (const [place, units] of now) {
    const added = units - (before.get(place) ?? 0);
    if (added > 0) more.set(place, added);
  }
  return more;
}
