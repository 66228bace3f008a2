import type { SQSRecord } from 'aws-lambda';
import type { Effects } from '../../shared/pipeline/effects.ts';

/** A dead reader's file is read again after so long. */
const VISIBILITY_SECONDS = 60;
const BEAT_MS = 20_000;

type Hider = Pick<Effects, 'ingestQueue' | 'clock' | 'log'>;

/** Reads while the message is hidden, by one minute at a time: the queue's visibility is long, and a dead reader's file waits for it. */
export async function whileHidden(
  effects: Hider,
  record: SQSRecord,
  run: () => Promise<void>,
): Promise<void> {
  const ended = new AbortController();
  await hide(effects, record);
  const beating = (async () => {
    for (;;) {
      await effects.clock.sleep(BEAT_MS, ended.signal);
      if (ended.signal.aborted) return;
      await hide(effects, record);
    }
  })();
  try {
    await run();
  } finally {
    ended.abort();
    await beating;
  }
}

async function hide({ ingestQueue, log }: Hider, { receiptHandle }: SQSRecord): Promise<void> {
  try {
    await ingestQueue.setVisibility([receiptHandle], VISIBILITY_SECONDS);
  } catch (error) {
    log.error('visibility could not be set', error);
  }
}
