import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { INTAKE_TRIES } from '../../shared/pipeline/ingest/reading-marks.ts';
import {
  closeFailedIntake,
  markIntakeBusy,
  markIntakeFailed,
} from '../../shared/pipeline/life/close-failed.ts';
import { parseUploadMessage, type UploadEvent } from '../../shared/pipeline/messages.ts';
import { TableBusyError } from '../../shared/pipeline/ports.ts';
import { sendCopy } from '../put-back.ts';
import { whileHidden } from './while-hidden.ts';

const LONGEST_WAIT_SECONDS = 60;
/** After the first try that a busy table ended; each further one waits twice as long, because it also repeats its messages. */
const BUSY_WAIT_SECONDS = 20;
const LONGEST_BUSY_WAIT_SECONDS = 160;

interface IngestSettings {
  readonly tries?: number;
  /** Between two checkpoints. */
  readonly windowRows?: number;
}

/** Ingests the files of the messages' object events. Retries a failed one within a minute, and a busy table without a limit. */
export function createHandler(effects: Effects, { tries = INTAKE_TRIES, windowRows }: IngestSettings = {}) {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    const handleRecord = async (record: SQSRecord): Promise<void> => {
      try {
        await ingestAll(record, context);
      } catch (error) {
        if (!(error instanceof TableBusyError)) throw error;
        await sendCopy(effects.ingestQueue, record, await busyWaitSeconds(uploadsIn(record), error));
      }
    };
    return await processPartialResponse(event, handleRecord, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
  };

  async function busyWaitSeconds(uploads: readonly UploadEvent[], error: TableBusyError): Promise<number> {
    const marked = uploads.map((upload) => markIntakeBusy(effects, upload, reasonOf(error)));
    const tries = Math.max(1, ...(await Promise.all(marked)));
    return Math.min(LONGEST_BUSY_WAIT_SECONDS, BUSY_WAIT_SECONDS * 2 ** (tries - 1));
  }

  async function ingestAll(record: SQSRecord, context: Context): Promise<void> {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    for (const upload of uploadsIn(record)) {
      // It crashed its readers, which could not report.
      if (receives > tries && (await closeFailedIntake(effects, upload, 'its readers crashed'))) continue;
      await whileHidden(effects, record, () => ingestOnce(upload, record, receives, context));
    }
  }

  function uploadsIn(record: SQSRecord): readonly UploadEvent[] {
    try {
      return parseUploadMessage(record.body);
    } catch (error) {
      effects.log.error('ingest message failed', error);
      throw error;
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
      if (error instanceof TableBusyError) throw error;
      if (receives >= tries && (await closeFailedIntake(effects, upload, reasonOf(error)))) return;
      await markIntakeFailed(effects, upload, reasonOf(error));
      const seconds = Math.min(LONGEST_WAIT_SECONDS, 2 ** (receives - 1));
      await effects.ingestQueue.setVisibility([record.receiptHandle], seconds);
      throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || 'unknown error';
}
