import { afterFailure, afterSuccess, type Breaker, CLOSED } from './breaker.ts';
import { afterAccepted, type Limiter, UNLIMITED, withCalls, withPinnedRate } from './limiter.ts';
import { afterThrottling, type Throttling } from './limiter-learning.ts';
import type { ModelLimits } from './models.ts';
import {
  afterImage,
  afterTrial,
  afterUseless,
  NO_RECORD,
  type PaidRecord,
  type UselessCall,
} from './paid-record.ts';

/** Calls that one worker may have in progress, if a model's `concurrency` is pinned. */
export interface Share {
  readonly calls: number;
  /** A worker that is gone gives it back by then. */
  readonly untilMs: number;
}

/** All that the fleet knows of one model: one row of the table. */
export interface ProviderState {
  readonly limiter: Limiter;
  readonly breaker: Breaker;
  readonly record: PaidRecord;
  readonly shares: Readonly<Record<string, Share>>;
}

/** What a worker saw and has not told the others yet, in the order in which it happened. */
export type Observation =
  /** Calls started without a leased slot, or, below 0, slots that were not used. */
  | { readonly kind: 'taken'; readonly atMs: number; readonly calls: number }
  | Throttling
  | { readonly kind: 'failed'; readonly sentAtMs: number; readonly atMs: number }
  | { readonly kind: 'succeeded'; readonly sentAtMs: number; readonly atMs: number }
  /** A call that brought an image, one that was paid for and brought nothing, and one that cost nothing or was not made. */
  | { readonly kind: 'image'; readonly sentAtMs: number }
  | ({ readonly kind: 'useless' } & UselessCall)
  | { readonly kind: 'free'; readonly sentAtMs: number };

export const UNKNOWN_STATE: ProviderState = {
  limiter: UNLIMITED,
  breaker: CLOSED,
  record: NO_RECORD,
  shares: {},
};

/** The state with what a worker saw; a pinned rate is not learned, but what a provider asks to wait is waited. */
export function withObservations(
  before: ProviderState,
  news: readonly Observation[],
  limits: ModelLimits,
): ProviderState {
  const after = news.reduce(withOne, before);
  return { ...after, limiter: withPinnedRate(after.limiter, limits.requestsPerMinute) };
}

function withOne(state: ProviderState, news: Observation): ProviderState {
  switch (news.kind) {
    case 'taken':
      return { ...state, limiter: withCalls(state.limiter, news.atMs, news.calls) };
    case 'refused':
    case 'overloaded':
      return { ...state, limiter: afterThrottling(state.limiter, news) };
    case 'failed':
      return { ...state, breaker: afterFailure(state.breaker, news) };
    case 'succeeded':
      return {
        ...state,
        breaker: afterSuccess(state.breaker, news.sentAtMs),
        limiter: afterAccepted(state.limiter, news),
      };
    case 'image':
      return { ...state, record: afterImage(state.record, news.sentAtMs) };
    case 'useless':
      return { ...state, record: afterUseless(state.record, news) };
    case 'free':
      return { ...state, record: afterTrial(state.record, news.sentAtMs) };
  }
}

/** How many calls a worker may have in progress: what it has and wants, as far as the others leave room. */
export function withShare(
  before: ProviderState,
  worker: string,
  wanted: number,
  {
    concurrency,
    nowMs,
    untilMs,
  }: { readonly concurrency: number; readonly nowMs: number; readonly untilMs: number },
): ProviderState {
  const others = Object.entries(before.shares).filter(
    ([name, share]) => name !== worker && share.untilMs > nowMs,
  );
  const left = concurrency - others.reduce((sum, [, { calls }]) => sum + calls, 0);
  const calls = Math.max(0, Math.min(wanted, left));
  const own = calls === 0 ? [] : [[worker, { calls, untilMs }] as const];
  return { ...before, shares: Object.fromEntries([...others, ...own]) };
}
