import type { Failure } from '../../domain/calls/failure.ts';
import type { ItemFailureCode, ItemHistory, ItemRef, ItemState } from '../../domain/item/item.ts';
import type { RetryDecision } from '../../domain/item/retry.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import { type Charge, countedMicro } from '../../domain/money/charge.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { type AnswerFacts, type Attempt, chargeOfAnswer, chargeOfUnknown } from '../money/attempt.ts';
import { commitAlone } from '../money/group-commit.ts';
import { asDuplicate, recordDuplicateCharge, recordLateCharge } from '../money/ledger.ts';
import { rememberImage } from '../rows/content-row.ts';
import { shardOfText } from '../rows/shards.ts';
import { adoptImage, bookOthersAsDuplicates } from './adopt.ts';
import { type AttemptEnd, attemptEndWrites, ITEM_WRITE } from './item-writes.ts';
import type { StoredImage } from './stored-image.ts';

type Recorder = Pick<Effects, 'table' | 'log' | 'notify' | 'clock' | 'commit'>;

/** Records an attempt's image and charge. If another attempt's image was first, that one stays and this is its duplicate. */
export async function recordImage(
  effects: Recorder & Pick<Effects, 'store'>,
  attempt: Attempt,
  stored: StoredImage,
  duplicate?: StoredImage['charge'],
): Promise<EndedAttempt> {
  const own = stored.charge.attempt === attempt.id;
  const charge = own ? stored.charge : duplicate;
  // First: once the item has ended, nothing looks again.
  if (!own) await recordLateCharge(effects, stored.charge);
  const result = await endOwnAttempt(effects, attempt, {
    state: { kind: 'done', image: stored.image, attempt: stored.charge.attempt },
    ...(charge === undefined ? {} : { charge }),
  });
  // The item was given up meanwhile: it is done, unless another attempt works on it.
  if (result.kind === 'superseded') await adoptImage(effects, attempt.item, stored);
  else if (!own || attempt.item.history.crashes > 0)
    await bookOthersAsDuplicates(effects, attempt.item, stored.charge.attempt);
  return result;
}

/** Records a failed attempt and its decision; its charge too, if it may have been billed. */
export async function recordFailure(
  effects: Recorder,
  attempt: Attempt,
  failure: Failure,
  answer: AnswerFacts,
  decision: RetryDecision,
): Promise<EndedAttempt> {
  const charge = chargeOfFailure(attempt, failure, answer);
  return await endOwnAttempt(effects, attempt, {
    ...stateAfter(effects, decision, failure),
    outcome: failure.code,
    ...(charge === undefined ? {} : { charge }),
  });
}

export type EndedAttempt =
  /** With the item's state, and what its charge takes from budgets. */
  | { readonly kind: 'ended'; readonly state: ItemState; readonly countedMicro: number }
  | { readonly kind: 'superseded' };

/** The balances without a reservation in which a charge counts: read just before it is written. */
type Uncovered = (charge: Charge) => Promise<readonly BudgetAccount[]>;

/** Ends an attempt as one transaction; `superseded` if it no longer holds the item. */
export async function endAttempt(
  effects: Recorder,
  end: AttemptEnd,
  uncovered: Uncovered = async () => [],
): Promise<EndedAttempt> {
  const { table, commit = commitAlone(table) } = effects;
  const { charge } = end;
  // First, so that every done item's image is known; alone, because it needs no transaction.
  if (end.state.kind === 'done') {
    for (const write of rememberImage(end.item, end.state.image)) await table.write([write]);
  }
  const result = await commit({
    shard: shardOfText(end.attempt),
    writes: async (shard) =>
      attemptEndWrites(end, { shard, uncovered: charge === undefined ? [] : await uncovered(charge) }),
  });
  if (result.kind === 'refused') {
    if (charge === undefined || result.indexes.includes(ITEM_WRITE)) return { kind: 'superseded' };
    // The item is held, so the charge was refused: another attempt recorded this image.
    const { charge: _, ...rest } = end;
    return await endAttempt(effects, rest);
  }
  if (charge !== undefined) {
    const { model, creditsMicro } = charge;
    effects.notify({ kind: 'charged', model, creditsMicro });
  }
  if (end.state.kind === 'done' || end.state.kind === 'failed') {
    const imageKey = end.state.kind === 'done' ? { imageKey: end.state.image.key } : {};
    effects.notify({ kind: 'item-ended', item: end.item, ...imageKey });
  }
  const counted = charge === undefined ? 0 : countedMicro(charge);
  return { kind: 'ended', state: end.state, countedMicro: counted };
}

/** Where an item goes after a decision. */
export function stateAfter(
  effects: Pick<Effects, 'clock'>,
  decision: RetryDecision,
  failure: { readonly message: string; readonly text?: string },
): Pick<AttemptEnd, 'state'> & { readonly history: ItemHistory } {
  const { history } = decision;
  switch (decision.kind) {
    case 'requeue':
      return { state: { kind: 'queued', notBeforeMs: effects.clock.now() + decision.waitMs }, history };
    case 'pause':
      if (decision.fails !== undefined) return { state: failedState(decision.fails, failure), history };
      return { state: { kind: 'queued', notBeforeMs: effects.clock.now() }, history };
    case 'fail':
      return { state: failedState(decision.code, failure), history };
  }
}

function failedState(code: ItemFailureCode, { message, text }: { message: string; text?: string }) {
  return { kind: 'failed' as const, code, message, ...(text === undefined ? {} : { text }) };
}

/** Ends an attempt by its own worker and releases its credits. Records a known cost even if the item was lost meanwhile. */
export async function endOwnAttempt(
  effects: Recorder,
  { item, id, reserved, reservation, startedAtMs }: Attempt,
  end: Pick<AttemptEnd, 'state' | 'history' | 'charge' | 'outcome'>,
): Promise<EndedAttempt> {
  const { charge } = end;
  const own: AttemptEnd = {
    ...end,
    item,
    attempt: id,
    startedAtMs,
    workMs: Math.max(0, Math.round(effects.clock.now() - startedAtMs)),
    ...(reserved === undefined ? {} : { reserved }),
  };
  const result = await endAttempt(effects, own, reservation?.uncovered);
  if (result.kind === 'ended') reservation?.ended(result.countedMicro);
  else if (charge !== undefined) await bookSuperseded(effects, item, charge);
  return result;
}

/** The holder may end the item between look and record, without knowing this image: so look twice. */
async function bookSuperseded(
  effects: Pick<Effects, 'table' | 'log'>,
  item: ItemRef,
  charge: Charge,
): Promise<void> {
  await recordLateCharge(effects, await outcomeInStore(effects, item, charge));
  const kept = await outcomeInStore(effects, item, charge);
  if (kept.outcome === 'duplicate') await recordDuplicateCharge(effects, kept);
}

/** Another attempt has ended the item: this image is a duplicate. */
async function outcomeInStore(
  { table }: Pick<Effects, 'table'>,
  item: ItemRef,
  charge: Charge,
): Promise<Charge> {
  if (charge.outcome !== 'image') return charge;
  const state = (await readItem(table, item))?.state;
  if (state?.kind !== 'done' || state.attempt === charge.attempt) return charge;
  return asDuplicate(charge);
}

/** Errors are not billed; a response costs its usage; a lost one may be billed. */
function chargeOfFailure(attempt: Attempt, failure: Failure, answer: AnswerFacts): Charge | undefined {
  switch (failure.reach) {
    case 'unsent':
    case 'refused':
      return undefined;
    case 'answered':
      return chargeOfAnswer(attempt, failure.code, answer);
    case 'lost':
      return chargeOfUnknown(attempt);
  }
}
