import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { parseUploadMessage } from '../../shared/pipeline/messages.ts';

/** Takes in the files that the messages' object events name. */
export function createHandler(effects: Effects) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      for (const upload of parseUploadMessage(record.body)) {
        const result = await ingestUpload(effects, upload, () => context.getRemainingTimeInMillis());
        effects.log.info('upload', { key: upload.key, result: result.kind });
      }
    };
    const logged = (record: SQSRecord) =>
      handleRecord(record).catch((error: unknown) => {
        effects.log.error('ingest message failed', error);
        throw error;
      });
    return await processPartialResponse(event, logged, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
  };
}
