import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { failedMessages } from './batch-response.ts';
import { type GatherOptions, gatherBatch } from './gather-batch.ts';
import { lambdaContext } from './lambda-context.ts';
import { deleteMessages, giveBack } from './received-messages.ts';

export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | undefined>;

export interface EventSourceOptions extends GatherOptions {
  readonly functionName: string;
  readonly handler: SqsHandler;
  /** At most so many invocations at once. */
  readonly concurrency: number;
  /** What `getRemainingTimeInMillis` counts down from. Nothing ends a handler that overruns. */
  readonly timeoutMs: number;
}

export interface EventSource {
  /** Messages received and not yet ended: 0 means idle, as far as this source can tell. */
  inWork(): number;
  /** Receives nothing more, gives back what no invocation has begun on, and waits for those that run. */
  stop(): Promise<void>;
}

/**
 * Feeds a queue to a Lambda handler as Lambda's own event source mapping does, `ReportBatchItemFailures` included: what
 * the handler does not report as failed is deleted, the rest comes again when its visibility ends.
 */
export function startEventSource(options: EventSourceOptions): EventSource {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let inWork = 0;
  const invokeAside = (records: readonly SQSRecord[]) => {
    inWork += records.length;
    const invocation = invoke(options, records).finally(() => {
      running.delete(invocation);
      inWork -= records.length;
    });
    running.add(invocation);
  };
  const ended = feed(options, stopping.signal, running, invokeAside);
  return {
    inWork: () => inWork,
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all(running);
    },
  };
}

async function feed(
  options: EventSourceOptions,
  signal: AbortSignal,
  running: ReadonlySet<Promise<void>>,
  invokeAside: (records: readonly SQSRecord[]) => void,
): Promise<void> {
  for (let troubles = 0; !signal.aborted; ) {
    try {
      // A place first, then messages: what is received must not wait while its visibility runs down.
      if (running.size >= options.concurrency) {
        await Promise.race(running);
        continue;
      }
      const records = await gatherBatch(options, signal);
      if (signal.aborted) await giveBack(options, records);
      else if (records.length > 0) invokeAside(records);
      troubles = 0;
    } catch (error) {
      troubles += 1;
      options.log.error('could not receive from the queue; trying again', error, { queue: options.queueUrl });
      await options.clock.sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** troubles), signal);
    }
  }
}

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** Never rejects: whatever goes wrong leaves the messages to their visibility. */
async function invoke(options: EventSourceOptions, records: readonly SQSRecord[]): Promise<void> {
  const { functionName, timeoutMs, clock, log } = options;
  try {
    const context = lambdaContext({ functionName, timeoutMs, clock });
    const response: unknown = await options.handler({ Records: [...records] }, context);
    const outcome = failedMessages(
      response,
      records.map(({ messageId }) => messageId),
    );
    if (outcome.kind === 'malformed') {
      log.warn('the function gave a response that Lambda would not accept; all its messages come again', {
        function: functionName,
        why: outcome.why,
      });
      return;
    }
    const done = records.filter(({ messageId }) => !outcome.messageIds.has(messageId));
    await deleteMessages(options, done);
  } catch (error) {
    log.error('an invocation failed; its messages come again', error, { function: functionName });
  }
}
