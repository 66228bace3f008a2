import { FAILURES, type Failure } from '../../domain/calls/failure.ts';
import { type Item, isUntried, settingsOfNextCall } from '../../domain/item/item.ts';
import { decideAfterFailure, leaveForUser, type RetryDecision } from '../../domain/item/retry.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { outputOf } from '../../domain/money/usage.ts';
import { sendsExtras } from '../../provider/http/request-body.ts';
import type { CallOutcome, ImageRequest } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import { type AnswerFacts, type Attempt, chargeOfAnswer } from '../money/attempt.ts';
import { asDuplicate } from '../money/ledger.ts';
import type { ProviderGate } from '../rate/provider-gate.ts';
import { LEASE_MS } from './claim.ts';
import { keepAnswer, keptAnswer, rereadAnswer } from './kept-answers.ts';
import { logCall } from './log-call.ts';
import { type EndedAttempt, endOwnAttempt, recordFailure, recordImage } from './record.ts';
import { loadReferences } from './references.ts';
import { type StoreCheck, storeAnswers } from './store-check.ts';
import { findStoredImage, putImages, type StoredImage } from './stored-image.ts';

/** `made` becomes true with the call. */
interface Calling {
  readonly call: { made: boolean };
  readonly signal: AbortSignal | undefined;
  readonly store: StoreCheck;
}

/** An attempt's response, for its charge. */
interface Answer extends AnswerFacts {
  /** It is in quarantine. */
  readonly isKept: boolean;
}

const NO_ANSWER: Answer = { usage: undefined, images: [], isKept: false };

/** One attempt for a claimed item. Looks first for an image that was paid for before. */
export async function makeAttempt(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  calling: Calling,
): Promise<EndedAttempt> {
  const { item } = attempt;
  const found = await findInStore(effects, item, calling.store);
  switch (found.kind) {
    case 'stored':
      return await recordImage(effects, attempt, found.stored);
    case 'bad': {
      const state = { kind: 'failed', code: 'bad_reference', message: found.message } as const;
      return await endOwnAttempt(effects, attempt, { state });
    }
    case 'unreadable':
      return await endFailed(effects, gate, attempt, found.failure, NO_ANSWER);
    case 'references': {
      const next = await useKept(effects, gate, attempt);
      return 'kind' in next ? next : await callProvider(effects, gate, next, found.images, calling);
    }
  }
}

/**
 * The image of an unrecorded earlier attempt, which is not paid for again (I4), or the item's references. An unreadable
 * store would not take the image either: then nothing is sent.
 */
async function findInStore(effects: Effects, item: Item, store: StoreCheck) {
  try {
    if (isUntried(item)) await storeAnswers(store);
    else {
      const stored = await findStoredImage(effects, item);
      if (stored !== undefined) return { kind: 'stored' as const, stored };
    }
    return await loadReferences(effects, item);
  } catch (error) {
    effects.log.error('the object store could not be read', error, { batch: item.batch, row: item.row });
    const message = oneLine('nothing was sent, for the object store cannot be read', error);
    const failure: Failure = { code: 'unstored', message, reach: 'unsent' };
    return { kind: 'unreadable' as const, failure };
  }
}

/** Reads a held paid response again before sending: it is the image, or it still waits, or this is the attempt to continue with. */
async function useKept(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
): Promise<Attempt | EndedAttempt> {
  const { item } = attempt;
  const { kept: keptId, ...history } = item.history;
  if (keptId === undefined) return attempt;
  const kept = await keptAnswer(effects.store, item.batch, keptId);
  const read = kept && (await rereadAnswer(effects, item, kept));
  if (read?.kind === 'images') {
    const { stored } = await putImages(effects, item, read, read.charge);
    return await recordImage(effects, attempt, stored);
  }
  if (read !== undefined && FAILURES[read.failure.code].remedy.kind === 'operator') {
    return await endFailed(effects, gate, attempt, { ...read.failure, reach: 'unsent' }, NO_ANSWER);
  }
  return { ...attempt, item: { ...item, history } };
}

async function callProvider(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  references: ImageRequest['references'],
  { call, signal, store }: Calling,
): Promise<EndedAttempt> {
  const { item, profile } = attempt;
  const settings = settingsOfNextCall(item);
  const { prompt, messages } = item;
  const request = messages === undefined ? { prompt } : { prompt, messages };
  const { plainRequest: plain } = item.history;
  call.made = true;
  const kept = await effects.lendMemory(async (memory) => {
    const sent = { ...request, profile, settings, references, plain };
    const outcome = await effects.provider.call(sent, signal, memory);
    return await keep(effects, gate, attempt, outcome, store);
  });
  // From here on the response's memory is free, because the record may wait for others.
  switch (kept.kind) {
    case 'images':
      return await recordImage(effects, attempt, kept.stored, asDuplicate(kept.charge));
    case 'failure':
      return await endFailed(effects, gate, attempt, kept.failure, kept.answer);
  }
}

/** What is left to record once the image is stored. */
type Kept =
  | { readonly kind: 'images'; readonly stored: StoredImage; readonly charge: Charge }
  | { readonly kind: 'failure'; readonly failure: Failure; readonly answer: Answer };

async function keep(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  outcome: CallOutcome,
  store: StoreCheck,
): Promise<Kept> {
  logCall(effects, attempt, outcome);
  await gate.ended(attempt.item.settings.model, endedCall(attempt, outcome));

  switch (outcome.kind) {
    case 'images':
      return await keepImages(effects, attempt, outcome, store);
    case 'failure': {
      const { kind, failure, answer } = outcome;
      const isKept = answer !== undefined && (await keepAnswer(effects, attempt, answer, failure));
      return { kind, failure, answer: { ...outcome, images: [], isKept } };
    }
  }
}

function endedCall({ item, startedAtMs: sentAtMs }: Attempt, outcome: CallOutcome) {
  const call = { item: `${item.batch}/${item.row}/${item.variant}`, sentAtMs };
  if (outcome.kind === 'images') return call;
  const { failure, usage } = outcome;
  return { ...call, failure, ...(usage === undefined ? {} : { outputTokens: outputOf(usage).outputTokens }) };
}

async function keepImages(
  effects: Effects,
  attempt: Attempt,
  outcome: Extract<CallOutcome, { kind: 'images' }>,
  store: StoreCheck,
): Promise<Kept> {
  const charge = chargeOfAnswer(attempt, 'image', outcome);
  try {
    const { stored } = await putImages(effects, attempt.item, outcome, charge, isAlone(effects, attempt));
    return { kind: 'images', stored, charge };
  } catch (error) {
    store.forget();
    effects.log.error('an image could not be stored', error, { attempt: attempt.id });
    const message = oneLine('the image arrived, but the object store would not take it', error);
    const failure: Failure = { code: 'unstored', message, reach: 'answered' };
    return { kind: 'failure', failure, answer: { ...outcome, isKept: false } };
  }
}

/** No other attempt can have put an image: none came before, and none may start while the lease runs. */
function isAlone({ clock }: Pick<Effects, 'clock'>, { item, startedAtMs }: Attempt): boolean {
  return isUntried(item) && clock.now() < startedAtMs + LEASE_MS;
}

async function endFailed(
  effects: Effects,
  gate: ProviderGate,
  attempt: Attempt,
  failure: Failure,
  answer: Answer,
): Promise<EndedAttempt> {
  const { item, profile, startedAtMs: sentAtMs } = attempt;
  const { model, maxTokens } = settingsOfNextCall(item);
  const request = {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    extrasSent: sendsExtras({ profile, plain: item.history.plainRequest }),
  };
  const decided = decideAfterFailure(failure, item.history, request, effects.random());
  const judged = gate.judge({ item, failure, decision: decided, sentAtMs });
  const decision = leaveForUser(effects.unknownOutcomes, failure, judged);
  if (decision.kind === 'pause') await gate.pause(model, decision, failure);
  return await recordFailure(effects, attempt, failure, answer, withKept(decision, attempt, failure, answer));
}

/** A response that needs your help is read again afterwards, and not paid for twice. */
function withKept(
  decision: RetryDecision,
  { id }: Attempt,
  { code }: Failure,
  { isKept }: Answer,
): RetryDecision {
  const waits = isKept && decision.kind === 'pause' && FAILURES[code].remedy.kind === 'operator';
  return waits ? { ...decision, history: { ...decision.history, kept: id } } : decision;
}

function oneLine(what: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `${what}: ${reason}`.replaceAll(/\s+/g, ' ').slice(0, 500);
}
