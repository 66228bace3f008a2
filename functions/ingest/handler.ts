import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { INTAKE_TRIES } from '../../shared/pipeline/ingest/reading-marks.ts';
import { closeFailedIntake, markIntakeFailed } from '../../shared/pipeline/life/close-failed.ts';
import { parseUploadMessage, type UploadEvent } from '../../shared/pipeline/messages.ts';

const LONGEST_WAIT_SECONDS = 60;
/** How long a message stays hidden without a sign of its reader: the next begins then, where one dies without a word. */
const VISIBILITY_SECONDS = 60;
const BEAT_MS = 20_000;

interface IngestSettings {
  readonly tries?: number;
  /** Rows between two checkpoints. */
  readonly windowRows?: number;
}

/** Ingests the files that the messages' object events name. One that fails is tried again within a minute. */
export function createHandler(effects: Effects, { tries = INTAKE_TRIES, windowRows }: IngestSettings = {}) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      const receives = Number(record.attributes.ApproximateReceiveCount);
      for (const upload of uploadsIn(record)) {
        // It crashed its readers, who could not say so.
        if (receives > tries && (await closeFailedIntake(effects, upload, 'its readers crashed'))) continue;
        await whileHidden(record, () => ingestOnce(upload, record, receives, context));
      }
    };
    return await processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
  };

  function uploadsIn(record: SQSRecord): readonly UploadEvent[] {
    try {
      return parseUploadMessage(record.body);
    } catch (error) {
      effects.log.error('ingest message failed', error);
      throw error;
    }
  }

  /** The queue's own visibility is six times the function's timeout, as AWS advises: a dead reader's file should not wait so long. */
  async function whileHidden(record: SQSRecord, run: () => Promise<void>): Promise<void> {
    const ended = new AbortController();
    await hide(record);
    const beating = (async () => {
      for (;;) {
        await effects.clock.sleep(BEAT_MS, ended.signal);
        if (ended.signal.aborted) return;
        await hide(record);
      }
    })();
    try {
      await run();
    } finally {
      ended.abort();
      await beating;
    }
  }

  async function hide({ receiptHandle }: SQSRecord): Promise<void> {
    try {
      await effects.ingestQueue.setVisibility([receiptHandle], VISIBILITY_SECONDS);
    } catch (error) {
      effects.log.error('visibility could not be set', error);
    }
  }

  async function ingestOnce(
    upload: UploadEvent,
    record: SQSRecord,
    receives: number,
    context: Context,
  ): Promise<void> {
    try {
      const result = await ingestUpload(
        effects,
        upload,
        () => context.getRemainingTimeInMillis(),
        windowRows,
      );
      effects.log.info('upload', { key: upload.key, result: result.kind });
    } catch (error) {
      effects.log.error('ingest message failed', error, { key: upload.key, receives });
      if (receives >= tries && (await closeFailedIntake(effects, upload, reasonOf(error)))) return;
      await markIntakeFailed(effects, upload, reasonOf(error));
      const seconds = Math.min(LONGEST_WAIT_SECONDS, 2 ** (receives - 1));
      await effects.ingestQueue.setVisibility([record.receiptHandle], seconds);
      throw error;
    }
  }
}

/** In one line, for people. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || 'unknown error';
}
