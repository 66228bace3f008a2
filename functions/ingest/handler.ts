import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { closeFailedIntake } from '../../shared/pipeline/life/close-failed.ts';
import { parseUploadMessage, type UploadEvent } from '../../shared/pipeline/messages.ts';

/** How often a file is tried whose intake fails, before it is refused: for some 5 minutes. */
const TRIES = 9;
const LONGEST_WAIT_SECONDS = 60;

/** Takes in the files that the messages' object events name. One that fails is tried again within a minute. */
export function createHandler(effects: Effects, { tries = TRIES }: { readonly tries?: number } = {}) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      const receives = Number(record.attributes.ApproximateReceiveCount);
      for (const upload of uploadsIn(record)) {
        // It crashed its readers, who could not say so.
        if (receives > tries && (await closeFailedIntake(effects, upload, 'its readers crashed'))) continue;
        await takeIn(upload, record, receives, context);
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

  async function takeIn(
    upload: UploadEvent,
    record: SQSRecord,
    receives: number,
    context: Context,
  ): Promise<void> {
    try {
      const result = await ingestUpload(effects, upload, () => context.getRemainingTimeInMillis());
      effects.log.info('upload', { key: upload.key, result: result.kind });
    } catch (error) {
      effects.log.error('ingest message failed', error, { key: upload.key, receives });
      if (receives >= tries && (await closeFailedIntake(effects, upload, reasonOf(error)))) return;
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
