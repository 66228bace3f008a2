import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Clock, Log, Queue, ReceivedMessage } from '../../shared/pipeline/ports.ts';
import { failedMessages } from './batch-response.ts';
import { lambdaContext } from './lambda-context.ts';
import { sqsRecord } from './sqs-record.ts';

export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | undefined>;

export interface EventSourceOptions {
  readonly queue: Queue;
  readonly functionName: string;
  readonly handler: SqsHandler;
  /** Concurrent invocations, each with one message. */
  readonly concurrency: number;
  /** For `getRemainingTimeInMillis`. Nothing ends a handler that overruns. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EventSource {
  /** Received messages that have not ended; 0 means idle. */
  inWork(): number;
  /** Receives no more, returns messages that have not started, and waits for the others. */
  stop(): Promise<void>;
}

/** How long a receive waits; with SQS, stopping takes as long. */
const POLL_MS = 1_000;
/** SQS's limit on one call. */
const MOST_RECEIVED = 10;

/** Feeds a queue to a Lambda handler as Lambda's event source mapping does, `ReportBatchItemFailures` included. */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let slotFreed = Promise.withResolvers<void>();

  function invokeAside(message: ReceivedMessage): void {
    const invocation = invoke(options, message).finally(() => {
      running.delete(invocation);
      slotFreed.resolve();
      slotFreed = Promise.withResolvers();
    });
    running.add(invocation);
  }

  async function fillSlots(): Promise<void> {
    const free = options.concurrency - running.size;
    // A slot first: a received message's visibility runs down.
    if (free <= 0) return await slotFreed.promise;
    const messages = await options.queue.receive(Math.min(free, MOST_RECEIVED), POLL_MS, stopping.signal);
    if (stopping.signal.aborted) await giveBack(options, messages);
    else messages.forEach(invokeAside);
  }

  const ended = untilAborted(options, stopping.signal, fillSlots);
  return {
    inWork: () => running.size,
    stop: async () => {
      stopping.abort();
      slotFreed.resolve();
      await ended;
      await Promise.all(running);
    },
  };
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

async function untilAborted(
  { log, clock, functionName }: EventSourceOptions,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  for (let troubles = 0; !signal.aborted; ) {
    try {
      await step();
      troubles = 0;
    } catch (error) {
      troubles += 1;
      log.error('could not receive from the queue; trying again', error, { function: functionName });
      await clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** troubles), signal);
    }
  }
}

async function giveBack({ queue }: EventSourceOptions, messages: readonly ReceivedMessage[]): Promise<void> {
  await queue.setVisibility(
    messages.map(({ receipt }) => receipt),
    0,
  );
}

/** Never rejects: a failed message returns with its visibility. */
async function invoke(options: EventSourceOptions, message: ReceivedMessage): Promise<void> {
  const { functionName, timeoutMs, clock, log, queue } = options;
  try {
    const context = lambdaContext({ functionName, timeoutMs, clock });
    const response: unknown = await options.handler({ Records: [sqsRecord(message, functionName)] }, context);
    const outcome = failedMessages(response, [message.id]);
    switch (outcome.kind) {
      case 'malformed':
        log.warn('the function gave a response that Lambda would not accept; its message comes again', {
          function: functionName,
          why: outcome.why,
        });
        return;
      case 'read':
        if (!outcome.messageIds.has(message.id)) await queue.delete([message.receipt]);
    }
  } catch (error) {
    log.error('an invocation failed; its message comes again', error, { function: functionName });
  }
}
