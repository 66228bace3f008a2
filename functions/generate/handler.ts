import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import pLimit from 'p-limit';
import type { ItemRef } from '../../shared/domain/item/item.ts';
import { parseWorkMessage } from '../../shared/pipeline/batch/messages.ts';
import { createCreditPool } from '../../shared/pipeline/credits/credit-pool.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { completeIfEnded } from '../../shared/pipeline/finish/complete-batch.ts';
import { generateItem } from '../../shared/pipeline/image/generate.ts';
import { hideMessages, keepAlive, type WorkInProgress } from '../../shared/pipeline/image/heartbeat.ts';
import { createStoreCheck } from '../../shared/pipeline/image/store-check.ts';
import type { GenerateResult } from '../../shared/pipeline/image/wait-reason.ts';
import { createBudgetBook } from '../../shared/pipeline/money/budgets.ts';
import { createCallMinutes } from '../../shared/pipeline/rate/call-minutes.ts';
import { createProviderGate } from '../../shared/pipeline/rate/provider-gate.ts';
import { IMPATIENT, type RateLimiterOptions } from '../../shared/pipeline/rate/rate-limiter.ts';
import { MessageStays, putBack } from '../put-back.ts';
import { type CallSlots, freeingAfterCall, NO_SLOTS } from './call-slots.ts';
import { createItemsInProgress } from './items-in-progress.ts';
import { topUp, type WorkRecord } from './top-up.ts';

/** The longest that the provider may take (300 s at 4K), and what follows a call. */
export const CALL_MS = 330_000;

export interface GenerateSettings {
  /** Calls in progress at a time in one invocation. */
  readonly itemsAtOnce: number;
  /** No call is begun with less time than this left: the provider's timeout and what follows it. */
  readonly callMs: number;
  /** How this worker keeps to the pace of the fleet. Default: it never waits itself, messages do. */
  readonly pacing?: RateLimiterOptions;
  /** Keeps calls by the minute in the table, for the dashboard; a deployed stage has them in CloudWatch. */
  readonly countsMinutes?: boolean;
  /** Aborted when this worker is to end: calls in progress continue, no new one begins. */
  readonly stopping?: AbortSignal;
  /** Whether this worker came to a deployed stage with a key of its own: what pauses it, pauses nobody else. */
  readonly isGuest?: boolean;
  /** Whether an invocation takes more messages from the queue as its slots get free. */
  readonly topsUp?: boolean;
  /** Bounds calls beyond one invocation. */
  readonly slots?: CallSlots;
}

/** A reason that is given costs no stack trace. */
const OVER = 'the invocation is over';

/** Makes the images of a batch of work messages, a few at a time; messages that have to wait go back to the queue. */
export function createHandler(given: Effects, settings: GenerateSettings) {
  const minutes = settings.countsMinutes ? createCallMinutes(given) : undefined;
  const effects: Effects = minutes === undefined ? given : { ...given, notify: minutes.seen(given.notify) };
  const { stopping, pacing = IMPATIENT, slots = NO_SLOTS } = settings;
  const waits = stopping === undefined ? pacing : { ...pacing, stopping };
  const gate = createProviderGate(effects, waits, settings.isGuest);
  const credits = createCreditPool(effects, createBudgetBook(effects), waits);
  const store = createStoreCheck(effects);
  const items = createItemsInProgress();
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    minutes?.began();
    const work: WorkInProgress = { receipts: new Set(), attempts: new Set(), beginning: new Set() };
    for (const record of event.Records) work.receipts.add(record.receiptHandle);
    const limit = pLimit(settings.itemsAtOnce);
    const batches = new Set<ReturnType<typeof parseWorkMessage>['batch']>();
    const leaveCredits = credits.join(() => Math.min(settings.itemsAtOnce, limit.pendingCount));

    const isLate = () => stopping?.aborted || context.getRemainingTimeInMillis() < settings.callMs;

    const generate = async (item: ItemRef): Promise<GenerateResult> => {
      const free = await slots.acquire();
      try {
        if (isLate()) return { kind: 'wait', waitMs: 0 };
        const { attempts, beginning } = work;
        const worker = { gate, credits, attempts, beginning, store };
        return await generateItem(freeingAfterCall(effects, free), worker, item);
      } finally {
        free();
      }
    };
    const settle = async (record: WorkRecord): Promise<void> => {
      const item = parseWorkMessage(record.body);
      const result = await items.once(item, () => generate(item));
      if (result.kind === 'settled') return void batches.add(item.batch);
      // From here on its wait is its own, but for one that a fresh copy waits for: that goes like those that are settled.
      work.receipts.delete(record.receiptHandle);
      await putBack(effects.workQueue, record, result.waitMs);
      work.receipts.add(record.receiptHandle);
    };
    const handle = (record: WorkRecord) =>
      settle(record).catch((error: unknown) => {
        work.receipts.delete(record.receiptHandle);
        if (!(error instanceof MessageStays)) effects.log.error('work message failed', error);
        throw error;
      });
    const workOff = async (): Promise<SQSBatchResponse> => {
      const ofEvent = processed(event, context, (record) => limit(() => handle(record)));
      if (!settings.topsUp) return await ofEvent;
      const hasTime = () => !isLate();
      const { workQueue: queue, log } = effects;
      const more = topUp({ queue, slots: settings.itemsAtOnce, limit, work, hasTime, handle });
      const failed = (error: unknown) => log.error('more work could not be received', error);
      const [response] = await Promise.all([ofEvent, more.catch(failed)]);
      return response;
    };

    await hideMessages(effects, work);
    const ended = new AbortController();
    const beating = keepAlive(effects, work, ended.signal);
    try {
      const response = await workOff().finally(leaveCredits);
      for (const batch of batches) await completeIfEnded(effects, batch);
      return response;
    } finally {
      ended.abort(OVER);
      await beating;
      await minutes?.ended();
    }
  };
}

async function processed(
  event: SQSEvent,
  context: Context,
  handleRecord: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS);
  return await processPartialResponse(event, handleRecord, processor, {
    context,
    throwOnFullBatchFailure: false,
  });
}
