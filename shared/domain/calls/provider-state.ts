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

/** A worker's calls in progress under a pinned `concurrency`. */
export interface Share {
  readonly calls: number;
  /** A dead worker's share is free then. */
  readonly untilMs: number;
}

/** What the fleet knows of a model: one row. */
export interface ProviderState {
  readonly limiter: Limiter;
  readonly breaker: Breaker;
  readonly record: PaidRecord;
  readonly shares: Readonly<Record<string, Share>>;
}

/** A worker's unreported observations, in order. */
export type Observation =
  /** Calls started without a slot; below 0, unused slots. */
  | { readonly kind: 'taken'; readonly atMs: number; readonly calls: number }
  | Throttling
  | { readonly kind: 'failed'; readonly sentAtMs: number; readonly atMs: number }
  | { readonly kind: 'succeeded'; readonly sentAtMs: number; readonly atMs: number }
  /** A call with an image, one paid without, and one that was free or not made. */
  | { readonly kind: 'image'; readonly sentAtMs: number }
  | ({ readonly kind: 'useless' } & UselessCall)
  | { readonly kind: 'free'; readonly sentAtMs: number };

export const UNKNOWN_STATE: ProviderState = {
  limiter: UNLIMITED,
  breaker: CLOSED,
  record: NO_RECORD,
  shares: {},
};

/** The state with a worker's observations. A pinned rate is not learned, but waits count. */
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

/** How many calls a worker may have in progress, beside the others. */
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
