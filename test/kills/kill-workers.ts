import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { randomFrom } from '../../local/simulator/random.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { type BatchStatus, batchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { memoryFile } from '../../shared/pipeline/ingest/memory-file.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import { retryBatch } from '../../shared/pipeline/life/retry-batch.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { WINDOW } from '../support/ledger.ts';
import { type Accounts, accountsOf } from './accounts.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type KillStage, openKillStage } from './kill-stage.ts';

interface KillOptions {
  readonly seed: number;
  readonly items: number;
  readonly kills: number;
  readonly workers: number;
  readonly itemsAtOnce: number;
  readonly latencyMs: number;
  /** Than the machine's clock: a lease of 90 s runs out in 9 s at 10. */
  readonly timesFaster: number;
  /** Whether at the end all workers are killed and the stage begins again, as one on a machine that was switched off. */
  readonly restart: boolean;
  readonly withinMs: number;
  readonly say?: (line: string) => void;
}

export interface KillResult extends Accounts {
  readonly kills: number;
  /** Calls in progress in the workers that were killed, when they were. */
  readonly underWay: number;
  /** Items that their workers died on four times, and that `retry --only crashed` made. */
  readonly crashed: number;
  readonly complaints: string;
}

/** Works a batch off with several worker processes, kills one after another in the middle of its calls, and counts. */
export async function killWorkers(options: KillOptions): Promise<KillResult> {
  const stage = await openKillStage(options);
  const fleet = startFleet(stage.address, options.workers);
  try {
    const { effects } = stage.runtime;
    const batch = await submit(effects, options.items);
    const killed = await killInTurn(stage, fleet, batch, options);
    if (options.restart) {
      killed.kills += options.workers;
      killed.underWay += await fleet.killAll();
      await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: 'all' });
      fleet.start();
    }
    const { failed } = (await untilComplete(effects, batch, options)).items;
    if (failed > 0) {
      await retryBatch(effects, batch, 'crashed');
      await untilComplete(effects, batch, options);
    }
    await fleet.stop();
    const accounts = await accountsOf({
      effects,
      simulator: stage.simulator,
      calls: stage.calls,
      objects: join(stage.address.folder, 'local', 'objects'),
      window: WINDOW,
    });
    return { ...accounts, ...killed, crashed: failed, complaints: fleet.complaints() };
  } finally {
    await fleet.killAll();
    await stage.close();
  }
}

/** Spread over the batch: the next one is due when so many more items are done. */
async function killInTurn(stage: KillStage, fleet: Fleet, batch: BatchId, options: KillOptions) {
  const { items, kills, latencyMs, say = () => undefined } = options;
  const random = randomFrom('kills', options.seed);
  const killed = { kills: 0, underWay: 0 };
  const endsAtMs = Date.now() + options.withinMs;
  while (killed.kills < kills && Date.now() < endsAtMs) {
    const status = await batchStatus(stage.runtime.effects, batch);
    if (status?.state === 'complete') break;
    if ((status?.items.done ?? 0) < ((killed.kills + 1) * items) / (kills + 1)) {
      await setTimeout(POLL_MS);
      continue;
    }
    await setTimeout(random.next() * latencyMs);
    const calls = await fleet.killOne(random);
    if (calls === undefined) continue;
    killed.kills += 1;
    killed.underWay += calls;
    if (killed.kills % 25 === 0) say(`${killed.kills} kills, ${stage.simulator.totals().calls} calls`);
  }
  return killed;
}

const POLL_MS = 50;

async function submit(effects: Effects, items: number): Promise<BatchId> {
  const csv = `prompt\n${Array.from({ length: items }, (_, index) => `a fox number ${index + 1}\n`).join('')}`;
  const file = memoryFile('prompts.csv', 'text/csv', csv);
  const submitted = await submitFile(effects, file, DEFAULT_BATCH_OPTIONS);
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  await ingestUpload(effects, { key: submitted.key }, () => 900_000);
  return submitted.batch;
}

async function untilComplete(
  effects: Effects,
  batch: BatchId,
  { withinMs }: KillOptions,
): Promise<BatchStatus> {
  for (const endsAtMs = Date.now() + withinMs; Date.now() < endsAtMs; await setTimeout(4 * POLL_MS)) {
    const status = await batchStatus(effects, batch);
    if (status?.state === 'complete') return status;
  }
  throw new Error(`not complete: ${JSON.stringify(await batchStatus(effects, batch))}`);
}
