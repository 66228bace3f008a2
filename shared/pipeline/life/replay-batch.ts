import type { BatchId } from '../../domain/ids.ts';
import { type Item, imageOf } from '../../domain/item/item.ts';
import { readItem } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { adoptImage } from '../image/adopt.ts';
import {
  type KnownAnswer,
  type QuarantinedAnswer,
  quarantinedAnswers,
  rereadAnswer,
} from '../image/kept-answers.ts';
import { putImages } from '../image/stored-image.ts';
import type { Terms } from '../money/call-terms.ts';

/** A quarantined response, read again. */
export interface Replayed {
  readonly key: string;
  readonly row?: number;
  readonly variant?: number;
  /** `still`: unusable, `message` says why. `not-needed`: its item has an image. */
  readonly outcome: 'done' | 'still' | 'not-needed';
  readonly message?: string;
}

type Replayer = Pick<Effects, 'table' | 'store' | 'provider' | 'log' | 'notify' | 'clock' | Terms>;

/** Re-parses a batch's quarantined responses, for free; their images complete items and the manifest. Safe to repeat. */
export async function replayBatch(effects: Replayer, id: BatchId): Promise<Replayed[] | undefined> {
  if ((await readBatch(effects.table, id)) === undefined) return undefined;
  const replayed: Replayed[] = [];
  for await (const answer of quarantinedAnswers(effects.store, id)) {
    replayed.push(await replayOne(effects, id, answer));
  }
  await completeIfEnded(effects, id);
  return replayed;
}

async function replayOne(effects: Replayer, batch: BatchId, answer: QuarantinedAnswer): Promise<Replayed> {
  const { key, facts, attempt } = answer;
  if (facts === undefined || attempt === undefined) {
    return { key, outcome: 'still', message: 'it does not say which item it is of' };
  }
  const { row, variant } = facts;
  const about = { key, row, variant };
  const item = await readItem(effects.table, { batch, row, variant });
  if (item === undefined) return { ...about, outcome: 'still', message: 'there is no such item' };
  if (imageOf(item) !== undefined) return { ...about, outcome: 'not-needed' };
  if (item.state.kind === 'working') {
    return { ...about, outcome: 'still', message: 'its item is in work: replay again when that has ended' };
  }
  const problem = await useAnswer(effects, item, { ...answer, attempt, facts });
  return problem === undefined
    ? { ...about, outcome: 'done' }
    : { ...about, outcome: 'still', message: problem };
}

/** Returns what is still wrong; undefined if the item is done. */
async function useAnswer(effects: Replayer, item: Item, answer: KnownAnswer): Promise<string | undefined> {
  const read = await rereadAnswer(effects, item, answer);
  if (read.kind === 'failure') return `${read.failure.code}: ${read.failure.message}`;
  const { stored } = await putImages(effects, item, read, read.charge);
  if (await adoptImage(effects, item, stored)) return undefined;
  return 'its image is in the store, and its item is taken just now: replay again';
}
