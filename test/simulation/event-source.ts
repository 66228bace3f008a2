import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { failedMessages } from '../../local/stage/batch-response.ts';
import type { SqsHandler } from '../../local/stage/event-source.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import type { Delivery } from './memory/memory-queue.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

export interface Source {
  readonly queue: 'work' | 'ingest';
  readonly handler: SqsHandler;
  readonly batchSize: number;
  /** After that the platform ends the process. */
  readonly timeoutMs: number;
}

/**
 * Feeds a queue to a handler, one invocation at a time, for as long as its process lives: what the handler does not report
 * as failed is removed, the rest comes again when its visibility ends.
 */
export async function feed(world: World, process: Process, source: Source): Promise<never> {
  for (;;) {
    const deliveries = await receive(world, process, source);
    if (deliveries.length === 0) continue;
    const isOver = begin(world, process, deliveries, source.timeoutMs);
    const done = await invoke(world, process, source, deliveries);
    isOver();
    try {
      if (done.length > 0) await remove(world, process, source, done);
    } catch {
      // They come again.
    }
  }
}

async function receive(
  world: World,
  process: Process,
  { queue: name, batchSize }: Source,
): Promise<readonly Delivery[]> {
  const queue = name === 'work' ? world.workQueue : world.ingestQueue;
  let received: readonly Delivery[] = [];
  try {
    return await world.scheduler.perform(process, {
      name: `${name}.receive`,
      about: () => received.map(({ id }) => id).join(', '),
      changes: true,
      readyAtMs: queue.nextVisibleAtMs,
      run: async () => {
        received = queue.receive(batchSize);
        world.received(received.map(({ id }) => id));
        return received;
      },
      again: {
        how: 'late',
        run: async () => {
          queue.deliverAgain(received);
          return [];
        },
      },
    });
  } catch {
    return [];
  }
}

/** Notes that the process has work, and ends it where that takes longer than the platform allows. */
function begin(
  world: World,
  process: Process,
  deliveries: readonly Delivery[],
  timeoutMs: number,
): () => void {
  for (const { id } of deliveries) process.inHand.add(id);
  process.busy += 1;
  let over = false;
  world.scheduler.after(timeoutMs, () => {
    if (!over) world.scheduler.kill(process);
  });
  return () => {
    over = true;
    process.busy -= 1;
    if (process.busy === 0) world.idle(process);
  };
}

async function invoke(
  world: World,
  process: Process,
  { handler, queue, timeoutMs }: Source,
  deliveries: readonly Delivery[],
): Promise<readonly Delivery[]> {
  const records = deliveries.map((delivery) => recordOf(delivery, queue));
  const event: SQSEvent = { Records: records };
  try {
    const context = lambdaContext({
      functionName: queue,
      timeoutMs,
      clock: world.scheduler.clockOf(process),
    });
    const response = await handler(event, context);
    const outcome = failedMessages(
      response,
      deliveries.map(({ id }) => id),
    );
    if (outcome.kind === 'malformed') throw new Error(outcome.why);
    return deliveries.filter(({ id }) => !outcome.messageIds.has(id));
  } catch (error) {
    world.sawError(error);
    return [];
  }
}

async function remove(world: World, process: Process, { queue: name }: Source, done: readonly Delivery[]) {
  const queue = name === 'work' ? world.workQueue : world.ingestQueue;
  const receipts = done.map(({ receipt }) => receipt);
  await world.scheduler.perform(process, {
    name: `${name}.remove`,
    about: () => receipts.join(', '),
    changes: true,
    run: async () => queue.remove(receipts),
  });
}

function recordOf({ id, body, group, receipt, receives }: Delivery, queue: string): SQSRecord {
  return {
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
      ...(group === undefined ? {} : { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: 'us-east-1',
  };
}
