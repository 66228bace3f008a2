import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Item, ItemRef } from '../../shared/domain/item/item.ts';
import { parseWorkMessage } from '../../shared/pipeline/batch/messages.ts';
import { createCreditPool } from '../../shared/pipeline/credits/credit-pool.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { completeIfEnded } from '../../shared/pipeline/finish/complete-batch.ts';
import { generateItem } from '../../shared/pipeline/image/generate.ts';
import { hideMessages, keepAlive, type WorkInProgress } from '../../shared/pipeline/image/heartbeat.ts';
import { createStoreCheck } from '../../shared/pipeline/image/store-check.ts';
import type { GenerateResult } from '../../shared/pipeline/image/wait-reason.ts';
import { createBatchBook } from '../../shared/pipeline/money/batch-book.ts';
import { groupCommit } from '../../shared/pipeline/money/group-commit.ts';
import { createCallMinutes } from '../../shared/pipeline/rate/call-minutes.ts';
import { createParking } from '../../shared/pipeline/rate/parking.ts';
import { createProviderGate } from '../../shared/pipeline/rate/provider-gate.ts';
import { IMPATIENT, type RateLimiterOptions } from '../../shared/pipeline/rate/rate-limiter.ts';
import { MessageStays, putBack } from '../put-back.ts';
import {
  type CallSlots,
  createCallSlots,
  freeingAfterCall,
  freeingBeforeRecord,
  ownSlots,
} from './call-slots.ts';
import { createItemsInProgress } from './items-in-progress.ts';
import { topUp, type WorkRecord } from './top-up.ts';

/** The provider's longest call (300 s at 4K, else 180 s) with what surrounds it. */
export const CALL_MS = 330_000;
export const SHORT_CALL_MS = 210_000;

/** How long an attempt's end may wait on a deployed stage to be written with others. */
export const GROUP_MS = 5_000;

export interface GenerateSettings {
  /** Calls in progress in this process. */
  readonly itemsAtOnce: number;
  /** No call starts with less time left: the provider's timeout and what follows. */
  readonly callMs: number;
  /** The same for calls below 4K. */
  readonly shortCallMs?: number;
  /** How this worker waits for the rate. Default: messages wait instead. */
  readonly pacing?: RateLimiterOptions;
  /** Counts calls by minute in the table; a deployed stage has CloudWatch. */
  readonly countsMinutes?: boolean;
  /** When aborted, calls in progress continue and no new one starts. */
  readonly stopping?: AbortSignal;
  /** A worker with its own key on a deployed stage, which pauses no others. */
  readonly isGuest?: boolean;
  /** Starts the next call while the last image is stored: for one machine with a slow disk. */
  readonly freesAfterCall?: boolean;
  /** Takes more messages from the queue as slots get free. */
  readonly topsUp?: boolean;
  /** Lets paused messages leave the queue, where each receive costs; a sweep must send them again. */
  readonly parks?: boolean;
  /** How long an attempt's end may wait for others. Default: not at all. */
  readonly groupMs?: number;
  /** Loads the code that an item needs, while messages are hidden. */
  readonly load?: () => Promise<unknown>;
}

/** An abort with a reason costs no stack trace. */
const OVER = 'the invocation is over';

/** Generates the images of work messages; messages that must wait go back to the queue. */
export function createHandler(given: Effects, settings: GenerateSettings) {
  const minutes = settings.countsMinutes ? createCallMinutes(given) : undefined;
  const { stopping, callMs, shortCallMs = callMs } = settings;
  const grouped = committingInGroups(given, settings);
  const effects = minutes === undefined ? grouped : { ...grouped, notify: minutes.seen(given.notify) };
  const slots = createCallSlots(settings.itemsAtOnce);
  const freeing = settings.freesAfterCall ? freeingAfterCall : freeingBeforeRecord;
  const worker = createWorker(effects, settings);
  const items = createItemsInProgress();
  const park = settings.parks ? createParking(effects) : undefined;
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    minutes?.began();
    const receipts = new Map(event.Records.map(({ receiptHandle }) => [receiptHandle, 0]));
    const work: WorkInProgress = { receipts, attempts: new Set(), beginning: new Set() };
    const batches = new Set<ReturnType<typeof parseWorkMessage>['batch']>();
    const own = ownSlots(slots);
    const leaveCredits = worker.credits.join(() => Math.min(settings.itemsAtOnce, own.waiting()));

    const hasTime = (item?: Item) =>
      !stopping?.aborted && context.getRemainingTimeInMillis() >= (is4K(item) ? callMs : shortCallMs);

    const generate = async (item: ItemRef, acquire: CallSlots['acquire']): Promise<GenerateResult> => {
      const free = await acquire();
      try {
        if (!hasTime()) return { kind: 'wait', waitMs: 0 };
        const { attempts, beginning } = work;
        return await generateItem(freeing(effects, free), { ...worker, attempts, beginning, hasTime }, item);
      } finally {
        free();
      }
    };
    const settle = async (record: WorkRecord, acquire: CallSlots['acquire']): Promise<void> => {
      const item = parseWorkMessage(record.body);
      const result = await items.once(item, () => generate(item, acquire));
      if (result.kind === 'settled') return void batches.add(item.batch);
      if (result.stopped !== undefined && (await park?.(item.batch, result.stopped)) === 'leaves') return;
      // From here on its wait is its own, unless a fresh copy waits: then it counts as finished.
      work.receipts.delete(record.receiptHandle);
      await putBack(effects.workQueue, record, result.waitMs);
      work.receipts.set(record.receiptHandle, 0);
    };
    const handle = (record: WorkRecord, acquire = own.acquire) =>
      settle(record, acquire).catch((error: unknown) => {
        work.receipts.delete(record.receiptHandle);
        if (!(error instanceof MessageStays)) effects.log.error('work message failed', error);
        throw error;
      });
    const workOff = async (): Promise<SQSBatchResponse> => {
      const ofEvent = processed(event, context, handle);
      if (!settings.topsUp) return await ofEvent;
      const more = topUp(effects, { most: settings.itemsAtOnce, slots, work, hasTime, handle });
      const [response] = await Promise.all([ofEvent, more]);
      return response;
    };

    await Promise.all([hideMessages(effects, work), settings.load?.()]);
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

function createWorker(effects: Effects, { stopping, pacing = IMPATIENT, isGuest }: GenerateSettings) {
  const waits = stopping === undefined ? pacing : { ...pacing, stopping };
  const book = createBatchBook(effects);
  return {
    gate: createProviderGate(effects, waits, isGuest, book),
    credits: createCreditPool(effects, book, waits),
    store: createStoreCheck(effects),
  };
}

function is4K(item?: Item): boolean {
  return item?.settings.imageSize === '4K';
}

/** The last call in progress waits for no others. */
function committingInGroups(effects: Effects, { groupMs: windowMs }: GenerateSettings): Effects {
  if (windowMs === undefined) return effects;
  let calling = 0;
  const call: Effects['provider']['call'] = async (...call) => {
    calling += 1;
    try {
      return await effects.provider.call(...call);
    } finally {
      calling -= 1;
    }
  };
  const commit = groupCommit(effects, { windowMs, mayFollow: () => calling > 0 });
  return { ...effects, provider: { ...effects.provider, call }, commit };
}

async function processed(
  event: SQSEvent,
  context: Context,
  handleRecord: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> {
  const processor = new BatchProcessor(EventType.SQS);
  return await processPartialResponse(event, (record: SQSRecord) => handleRecord(record), processor, {
    context,
    throwOnFullBatchFailure: false,
  });
}
