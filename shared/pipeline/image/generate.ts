import type { Failure } from '../../domain/calls/failure.ts';
import { type Item, type ItemRef, settingsOfNextCall } from '../../domain/item/item.ts';
import { decideAfterFailure, leaveForUser } from '../../domain/item/retry.ts';
import { sendsExtras } from '../../provider/http/request-body.ts';
import type { CallOutcome, ImageRequest } from '../../provider/types.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import { type AnswerFacts, type Attempt, chargeOfAnswer } from '../money/attempt.ts';
import { pauseForBudget } from '../money/budget-pause.ts';
import { ConfigurationError } from '../money/call-terms.ts';
import type { CreditPool } from '../money/credit-pool.ts';
import { asDuplicate } from '../money/ledger.ts';
import type { ProviderGate } from '../pace/provider-gate.ts';
import { type Claim, claimItem } from './claim.ts';
import type { WorkInHand } from './heartbeat.ts';
import { keepAnswer } from './kept-answers.ts';
import { logCall } from './log-call.ts';
import { endOwnAttempt, recordFailure, recordImage } from './record.ts';
import { loadReferences } from './references.ts';
import { findStoredImage, putImages, type StoredImage } from './stored-image.ts';
import { type GenerateResult, PAUSED_WAIT_MS, resultFor, SETTLED, waitReason } from './wait-reason.ts';

/** Who makes attempts: what it knows of the provider, the credits it holds, and what it has under way. */
export interface Worker {
  readonly gate: ProviderGate;
  readonly credits: CreditPool;
  readonly attempts: WorkInHand['attempts'];
}

const NO_ANSWER: AnswerFacts = { usage: undefined, images: [] };
/** After a wait this long an item is read again. */
const LONG_WAIT_MS = 200;

/**
 * The way of an item through one attempt: claim, call, put, record. Safe to run twice, at once or years apart, for the
 * same item: only one attempt at a time holds it, and an image that is in the store is never paid for again.
 */
export async function generateItem(
  effects: Effects,
  { gate, credits, attempts }: Worker,
  ref: ItemRef,
  signal?: AbortSignal,
): Promise<GenerateResult> {
  const item = await readItem(effects.table, ref);
  if (item === undefined) return SETTLED;
  const held = await waitReason(effects, gate, item);
  if (held !== undefined) return held;

  const { model } = item.settings;
  const askedAtMs = effects.clock.now();
  const permit = await gate.permit(model);
  if (permit.kind === 'wait') return permit;
  let called = false;
  try {
    // Waiting for the permit may have taken a minute, in which a person said stop, or another worker had the item.
    const hasWaited = effects.clock.now() - askedAtMs > LONG_WAIT_MS;
    const latest = hasWaited ? await readItem(effects.table, ref) : undefined;
    const current = latest ?? item;
    // However short the wait was: meanwhile another item of this worker may have met what pauses all.
    const stopped = await waitReason(effects, gate, current);
    if (stopped !== undefined) return stopped;
    const claim = await claimOrPause(effects, gate, credits, current);
    called = claim.kind === 'claimed';
    return await goOn(effects, { gate, credits, attempts }, current, claim, signal);
  } finally {
    await gate.left(model, called);
  }
}

async function goOn(
  effects: Effects,
  { gate, attempts }: Worker,
  item: Item,
  claim: Claim,
  signal: AbortSignal | undefined,
): Promise<GenerateResult> {
  switch (claim.kind) {
    case 'ended':
      return SETTLED;
    case 'wait':
      return claim;
    case 'reached':
      await pauseForBudget(effects, item.batch, claim);
      return { kind: 'wait', waitMs: PAUSED_WAIT_MS };
    case 'claimed':
      attempts.add(claim.attempt);
      try {
        await makeAttempt(effects, gate, claim.attempt, signal);
      } finally {
        attempts.delete(claim.attempt);
      }
      return await resultFor(effects, item);
  }
}

/** A model or price that is gone from the configuration is a person's to bring back: all stands still, and nothing is lost. */
async function claimOrPause(
  effects: Effects,
  gate: ProviderGate,
  credits: CreditPool,
  item: Item,
): Promise<Claim> {
  try {
    return await claimItem(effects, credits, item);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { message } = error;
    const decision = { kind: 'pause', scope: 'provider', hint: message, history: item.history } as const;
    await gate.pause(item.settings.model, decision, { code: 'model', message, reach: 'unsent' });
    return { kind: 'wait', waitMs: PAUSED_WAIT_MS };
  }
}

async function makeAttempt(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { item } = attempt;
  const found = await findInStore(effects, item);
  switch (found.kind) {
    case 'stored':
      return await recordImage(effects, attempt, found.stored);
    case 'bad': {
      const state = { kind: 'failed', code: 'bad_reference', message: found.message } as const;
      await endOwnAttempt(effects, attempt, { state });
      return;
    }
    case 'unreadable':
      return await settleFailure(effects, gate, attempt, found.failure, NO_ANSWER);
    case 'references':
      return await callProvider(effects, gate, attempt, found.images, signal);
  }
}

/**
 * What the store has for an item: the image of an earlier attempt that was not recorded (a worker that was late, a put
 * whose answer was lost), which is then not paid for again (I4); or else its references.
 */
async function findInStore(effects: Effects, item: Item) {
  try {
    const stored = await findStoredImage(effects, item);
    if (stored !== undefined) return { kind: 'stored' as const, stored };
    return await loadReferences(effects, item);
  } catch (error) {
    effects.log.error('the object store could not be read', error, { batch: item.batch, row: item.row });
    const message = oneLine('nothing was sent, for the object store cannot be read', error);
    const failure: Failure = { code: 'unstored', message, reach: 'unsent' };
    return { kind: 'unreadable' as const, failure };
  }
}

async function callProvider(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  references: ImageRequest['references'],
  signal: AbortSignal | undefined,
): Promise<void> {
  const { item, profile } = attempt;
  const settings = settingsOfNextCall(item);
  const { prompt, messages } = item;
  const request = messages === undefined ? { prompt } : { prompt, messages };
  const outcome = await effects.provider.call(
    { ...request, profile, settings, references, plain: item.history.plainRequest },
    signal,
  );
  logCall(effects, attempt, outcome);
  const failed = outcome.kind === 'failure' ? outcome.failure : undefined;
  await gate.ended(item.settings.model, attempt.startedAtMs, failed);

  switch (outcome.kind) {
    case 'images':
      return await keepImages(effects, gate, attempt, outcome);
    case 'failure': {
      const { failure, answer } = outcome;
      if (answer !== undefined) await keepAnswer(effects, attempt, answer, failure);
      return await settleFailure(effects, gate, attempt, failure, { ...outcome, images: [] });
    }
  }
}

async function keepImages(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  outcome: Extract<CallOutcome, { kind: 'images' }>,
): Promise<void> {
  const charge = chargeOfAnswer(attempt, 'image', outcome);
  let put: { kind: 'stored' | 'exists'; stored: StoredImage };
  try {
    put = await putImages(effects, attempt.item, outcome.images, charge);
  } catch (error) {
    effects.log.error('an image could not be stored', error, { attempt: attempt.id });
    const message = oneLine('the image arrived, but the object store would not take it', error);
    const failure: Failure = { code: 'unstored', message, reach: 'answered' };
    return await settleFailure(effects, gate, attempt, failure, outcome);
  }
  await recordImage(effects, attempt, put.stored, asDuplicate(charge));
}

async function settleFailure(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  failure: Failure,
  answer: AnswerFacts,
): Promise<void> {
  const { item, profile } = attempt;
  const { model, maxTokens } = settingsOfNextCall(item);
  const decided = decideAfterFailure(
    failure,
    item.history,
    {
      ...(maxTokens === undefined ? {} : { maxTokens }),
      extrasSent: sendsExtras({ profile, plain: item.history.plainRequest }),
    },
    effects.random(),
  );
  // An item that was never tried waited since its file was read: successes since then say nothing of it.
  const before = item.attempts === undefined ? undefined : item.state;
  const judged = gate.judge(model, failure, decided, before);
  const decision = leaveForUser(effects.unknownOutcomes, failure, judged);
  if (decision.kind === 'pause') await gate.pause(model, decision, failure);
  await recordFailure(effects, attempt, failure, answer, decision);
}

function oneLine(what: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${what}: ${reason}`.replaceAll(/\s+/g, ' ').slice(0, 500);
}
