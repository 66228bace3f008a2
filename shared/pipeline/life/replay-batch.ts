import type { AttemptId, BatchId } from '../../domain/ids.ts';
import { type Item, imageOf } from '../../domain/item/item.ts';
import type { Interpreted } from '../../provider/answer/interpret-answer.ts';
import type { ImageRequest, KeptAnswer } from '../../provider/types.ts';
import { readItem } from '../batch/batch-items.ts';
import { readBatch } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import { completeIfEnded } from '../finish/complete-batch.ts';
import { adoptImage } from '../image/adopt.ts';
import { type QuarantinedAnswer, quarantinedAnswers } from '../image/kept-answers.ts';
import { putImages } from '../image/stored-image.ts';
import { attemptOf, chargeOfAnswer } from '../money/attempt.ts';

/** What one answer in quarantine came to, read again. */
export interface Replayed {
  readonly key: string;
  readonly row?: number;
  readonly variant?: number;
  /** `still`: it cannot be used yet, or not any more; `message` says why. `not-needed`: its item has an image. */
  readonly outcome: 'done' | 'still' | 'not-needed';
  readonly message?: string;
}

type Interpret = (
  answer: KeptAnswer,
  request: Pick<ImageRequest, 'profile' | 'settings'>,
) => Promise<Interpreted>;

type Replayer = Pick<Effects, 'table' | 'store' | 'log' | 'notify' | 'clock' | 'models' | 'prices'>;

/**
 * Interprets a batch's answers in quarantine again, which costs nothing: an item whose answer can be read by now is done by
 * it, with that attempt's charge; the manifest is written anew. Safe to repeat. Undefined where there is no such batch.
 */
export async function replayBatch(
  effects: Replayer,
  interpret: Interpret,
  id: BatchId,
): Promise<Replayed[] | undefined> {
  if ((await readBatch(effects.table, id)) === undefined) return undefined;
  const replayed: Replayed[] = [];
  for await (const answer of quarantinedAnswers(effects.store, id)) {
    replayed.push(await replayOne(effects, interpret, id, answer));
  }
  await completeIfEnded(effects, id);
  return replayed;
}

async function replayOne(
  effects: Replayer,
  interpret: Interpret,
  batch: BatchId,
  answer: QuarantinedAnswer,
): Promise<Replayed> {
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
  const problem = await useAnswer(effects, interpret, { item, attempt, answer, ...facts });
  return problem === undefined
    ? { ...about, outcome: 'done' }
    : { ...about, outcome: 'still', message: problem };
}

interface Kept {
  readonly item: Item;
  readonly attempt: AttemptId;
  readonly answer: QuarantinedAnswer;
  readonly startedAtMs: number;
  readonly plain: boolean;
  readonly status: number;
}

/** Gives what is wrong with the answer, still; undefined where its item is done by it. */
async function useAnswer(effects: Replayer, interpret: Interpret, kept: Kept): Promise<string | undefined> {
  const { item, startedAtMs, plain, status } = kept;
  const sent = { ...item, history: { ...item.history, plainRequest: plain } };
  const attempt = attemptOf(effects, sent, { attempt: kept.attempt, startedAtMs });
  const request = { profile: attempt.profile, settings: item.settings };
  const outcome = await interpret({ status, bytes: await kept.answer.bytes() }, request);
  if (outcome.kind === 'failure') return `${outcome.failure.code}: ${outcome.failure.message}`;
  const charge = chargeOfAnswer(attempt, 'image', outcome);
  const { stored } = await putImages(effects, item, outcome.images, charge);
  if (await adoptImage(effects, item, stored)) return undefined;
  return 'its image is in the store, and its item is taken just now: replay again';
}
