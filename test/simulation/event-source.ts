import type { SQSEvent } from 'aws-lambda';
import { failedMessages } from '../../local/stage/batch-response.ts';
import type { SqsHandler } from '../../local/stage/event-source.ts';
import { lambdaContext } from '../../local/stage/lambda-context.ts';
import { sqsRecord } from '../../local/stage/sqs-record.ts';
import type { Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

interface Source {
  readonly name: 'work' | 'ingest';
  readonly port: Queue;
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
    const deliveries = await receive(source);
    if (deliveries === 'failed') await world.scheduler.clockOf(process).sleep(LOOK_AGAIN_MS);
    if (deliveries === 'failed' || deliveries.length === 0) continue;
    const isOver = begin(world, process, deliveries, source.timeoutMs);
    const done = await invoke(world, process, source, deliveries);
    isOver();
    try {
      if (done.length > 0) await source.port.delete(done.map(({ receipt }) => receipt));
    } catch {
      // They come again.
    }
  }
}

const LOOK_AGAIN_MS = 1_000;

async function receive({ port, batchSize }: Source): Promise<readonly ReceivedMessage[] | 'failed'> {
  try {
    return await port.receive(batchSize, Number.POSITIVE_INFINITY);
  } catch {
    return 'failed';
  }
}

/** Notes that the process has work, and ends it where that takes longer than the platform allows. */
function begin(
  world: World,
  process: Process,
  deliveries: readonly ReceivedMessage[],
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
  { handler, name, timeoutMs }: Source,
  deliveries: readonly ReceivedMessage[],
): Promise<readonly ReceivedMessage[]> {
  const records = deliveries.map((delivery) => sqsRecord(delivery, name));
  const event: SQSEvent = { Records: records };
  try {
    const context = lambdaContext({
      functionName: name,
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
