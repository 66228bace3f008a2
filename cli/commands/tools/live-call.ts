import { randomUUID } from 'node:crypto';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import type { Charge } from '../../../shared/domain/money/charge.ts';
import { dayOfMs } from '../../../shared/domain/time/calendar.ts';
import { type BatchResult, batchResult } from '../../../shared/pipeline/finish/batch-status.ts';
import { submitRun } from '../../../shared/pipeline/ingest/submit-run.ts';
import { eachLedgerRow } from '../../../shared/pipeline/money/read-ledger.ts';
import { rowToCharge } from '../../../shared/pipeline/rows/charge-row.ts';
import type { SeenAnswer } from '../../../shared/provider/client.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { ProviderOverrides } from '../../../shared/runtime/configured-provider.ts';
import { follow } from '../../stage/follow.ts';
import { startLocalWork } from '../../stage/local-work.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';

const PROMPT = 'A red apple on a white table';

export interface LiveCall {
  readonly model: string;
  readonly answers: readonly SeenAnswer[];
  readonly charges: readonly Charge[];
  readonly result: BatchResult;
  readonly tookMs: number;
}

interface LiveOptions {
  readonly config: Config;
  readonly model: string;
  readonly overrides: ProviderOverrides;
  readonly interrupted: AbortSignal;
}

/** Generates one image as a batch of one row, so the ledger and budgets count it. Keeps the traffic beside it. */
export async function liveCall({ config, model, overrides, interrupted }: LiveOptions): Promise<LiveCall> {
  const answers: SeenAnswer[] = [];
  const seen = { ...overrides, onAnswer: (answer: SeenAnswer) => void answers.push(answer) };
  return await withStage(config, 'look', seen, async (stage) => {
    const { effects } = stage.runtime;
    const beganAtMs = effects.clock.now();
    const content = Buffer.from(`id,prompt\nlive-${randomUUID()},${PROMPT}\n`);
    const file = {
      name: `doctor-${model.replaceAll(/[^\w.-]/g, '-')}.csv`,
      contentType: 'text/csv',
      size: content.byteLength,
      open: async function* () {
        yield content;
      },
    };
    const options = { ...DEFAULT_BATCH_OPTIONS, settings: { model }, fresh: true } as const;
    const submitted = await submitRun(effects, file, options, { regeneratesMissing: false });
    if (submitted.kind === 'problem') throw new UsageError(submitted.message);
    const { batch, key } = submitted;
    const work = await startLocalWork(stage, { config, batch, key, say: () => undefined });
    try {
      await follow(effects, batch, interrupted, () => undefined, work.failure);
    } finally {
      await work.stop();
    }
    const result = await batchResult(effects, batch);
    if (result === undefined) throw new Error(`${batch} was submitted and is gone`);
    const window = { from: dayOfMs(beganAtMs), to: dayOfMs(effects.clock.now()) };
    const charges: Charge[] = [];
    await eachLedgerRow(effects.table, window, (row) => {
      if (row.batch === batch) charges.push(rowToCharge(row));
    });
    return { model, answers, charges, result, tookMs: effects.clock.now() - beganAtMs };
  });
}
