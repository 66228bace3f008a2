import { FAILURES, type Failure, type FailureCode, LONGEST_RATE_WAIT_MS } from '../calls/failure.ts';
import { DEFAULT_MAX_TOKENS, MAX_TOKENS_CEILING } from '../calls/models.ts';
import type { ItemFailureCode, ItemHistory, ItemState } from './item.ts';

/** What to do after a failed attempt, as plain data. */
export type RetryDecision =
  | { readonly kind: 'requeue'; readonly waitMs: number; readonly history: ItemHistory }
  | { readonly kind: 'fail'; readonly code: ItemFailureCode; readonly history: ItemHistory }
  | {
      readonly kind: 'pause';
      readonly scope: 'provider' | 'model';
      readonly hint: string;
      /** If it says more than the failure's own message. */
      readonly message?: string;
      /** It ends by itself after so long. */
      readonly forMs?: number;
      readonly history: ItemHistory;
      /** The item fails with this code. */
      readonly fails?: ItemFailureCode;
    };

/** What follows an attempt that may have been paid for without an image: `retry` within the limits below, or `hold` until you decide. */
export const UNKNOWN_POLICIES = ['retry', 'hold'] as const;
export type UnknownPolicy = (typeof UNKNOWN_POLICIES)[number];

/** At most this many billable attempts a row (provider-contract §5). */
export const MAX_BILLABLE_ATTEMPTS = 4;
/** Deaths after which the item is the likely cause. */
export const MAX_CRASHES = 5;
/** Deaths shared with other items; each may have been billed. */
export const MAX_SHARED_CRASHES = 25;

/** For a field that the provider doesn't know, though no extra was sent. */
export const DIALECT_HINT = 'correct the dialect of this model';

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_CAP_MS = 60_000;
/** A longer wait pauses the model with probes, whichever item they are. */
const LONGEST_OWN_WAIT_MS = 60_000;
const LONGEST_PAUSE_MS = 7 * 86_400_000;

/** Decides what follows a failure (provider-contract §5, last column). `random` in [0, 1) spreads waits; `maxTokens` was asked. */
export function decideAfterFailure(
  failure: Failure,
  before: ItemHistory,
  request: { readonly maxTokens?: number; readonly extrasSent: boolean },
  random: number,
): RetryDecision {
  const { remedy } = FAILURES[failure.code];
  const history = withFailure(before, failure);
  const failures = history.failures[failure.code] ?? 0;
  const askedMs = Math.min(LONGEST_RATE_WAIT_MS, failure.retryAfterMs ?? 0);
  const waitMs = Math.max(askedMs, backoffMs(failures, random));

  switch (remedy.kind) {
    case 'operator':
      return {
        kind: 'pause',
        scope: remedy.scope,
        hint: failure.hint ?? remedy.hint,
        history: before,
        ...endOfPause(failure),
      };
    case 'wait':
      return { kind: 'requeue', waitMs: Math.min(waitMs, LONGEST_OWN_WAIT_MS), history };
    case 'final':
      return { kind: 'fail', code: failure.code, history };
    case 'retry':
      if (failure.code === 'unsupported_param' && !request.extrasSent) {
        return { kind: 'pause', scope: 'model', hint: DIALECT_HINT, history: before };
      }
      if (failures > remedy.retries || isSpent(history)) {
        return { kind: 'fail', code: failure.code, history };
      }
      return {
        kind: 'requeue',
        waitMs,
        history: withChangedRequest(failure.code, history, request.maxTokens),
      };
  }
}

/** Under `hold`, an attempt that was billed, or may have been, ends its item, whatever else was decided. */
export function leaveForUser(
  policy: UnknownPolicy,
  failure: Failure,
  decision: RetryDecision,
): RetryDecision {
  const mayBeBilled = failure.reach === 'lost' || failure.reach === 'answered';
  if (policy === 'retry' || !mayBeBilled || decision.kind === 'fail') return decision;
  const code = failure.reach === 'lost' ? 'unknown_outcome' : failure.code;
  if (decision.kind === 'pause') return { ...decision, fails: code };
  return { kind: 'fail', code, history: decision.history };
}

/** How long a queued item still waits, in ms: at most the longest wait, because the machine's clock may have been set back. */
export function waitOf({ notBeforeMs }: Extract<ItemState, { kind: 'queued' }>, nowMs: number): number {
  const waitMs = Math.max(0, notBeforeMs - nowMs);
  return waitMs > LONGEST_RATE_WAIT_MS ? 0 : waitMs;
}

/** What follows an attempt whose worker died: the item may have killed it, unless others' attempts ended too (`isShared`). */
export function decideAfterCrash(
  before: ItemHistory,
  policy: UnknownPolicy,
  isShared: boolean,
): RetryDecision {
  const { sharedCrashes = 0 } = before;
  const shared = sharedCrashes + (isShared ? 1 : 0);
  const history: ItemHistory = {
    ...before,
    crashes: before.crashes + 1,
    billable: before.billable + 1,
    ...(shared > 0 && { sharedCrashes: shared }),
  };
  if (policy === 'hold') return { kind: 'fail', code: 'unknown_outcome', history };
  const isItsOwn = history.crashes - shared >= MAX_CRASHES || isSpent(history);
  if (isItsOwn || shared >= MAX_SHARED_CRASHES) return { kind: 'fail', code: 'crashed', history };
  return { kind: 'requeue', waitMs: 0, history };
}

/** No further attempt may be billed. Deaths shared with others don't count. */
export function isSpent({ billable, sharedCrashes = 0 }: ItemHistory): boolean {
  return billable - sharedCrashes >= MAX_BILLABLE_ATTEMPTS;
}

/** A quota's reset; one that never resets, or next year, needs you. */
function endOfPause({ code, retryAfterMs }: Failure): { readonly forMs?: number } {
  const isTold = code === 'quota' && retryAfterMs !== undefined && retryAfterMs < LONGEST_PAUSE_MS;
  return isTold ? { forMs: retryAfterMs } : {};
}

/** Exponential, with jitter in the upper half: 0.5–1 s at first, at most a minute. */
function backoffMs(failures: number, random: number): number {
  const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(16, Math.max(0, failures - 1)));
  return Math.round(ceiling / 2 + (random * ceiling) / 2);
}

function withFailure(before: ItemHistory, failure: Failure): ItemHistory {
  const billable = failure.reach === 'answered' || failure.reach === 'lost' ? 1 : 0;
  return {
    ...before,
    failures: { ...before.failures, [failure.code]: (before.failures[failure.code] ?? 0) + 1 },
    billable: before.billable + billable,
  };
}

function withChangedRequest(
  code: FailureCode,
  history: ItemHistory,
  maxTokens: number | undefined,
): ItemHistory {
  if (code === 'unsupported_param') return { ...history, plainRequest: true };
  if (code !== 'max_tokens') return history;
  return { ...history, maxTokens: Math.min(MAX_TOKENS_CEILING, 2 * (maxTokens ?? DEFAULT_MAX_TOKENS)) };
}
