import { isOpen, withProbe } from '../../domain/calls/breaker.ts';
import { reserve, withWaitProbe } from '../../domain/calls/limiter.ts';
import { withTrial } from '../../domain/calls/paid-record.ts';
import { type ProviderState, withShare } from '../../domain/calls/provider-state.ts';
import type { Clock } from '../ports.ts';
import type { ModelCalls } from './model-calls.ts';

/** Leases reach a little beyond the next one, so that start times never run out. */
const LEASE_REACH = 1.3;
/** Longer than any call: a dead worker's share is free after it. */
const SHARE_MS = 330_000;

/** Leases start times for waiting messages, none beyond `patienceMs`, and a share of a pinned concurrency. */
export async function leaseStartTimes(clock: Clock, calls: ModelCalls, patienceMs: number): Promise<void> {
  const nowMs = clock.now();
  if (nowMs < calls.rhythm.nextMs()) return;
  const reachMs = Math.min(LEASE_REACH * calls.rhythm.begin(nowMs), Math.max(patienceMs, 0));
  let slots: number[] = [];
  const isWritten = await calls.fleet.change((before) => {
    const shared = withOwnShare(before, calls, nowMs);
    const { limiter } = shared;
    if (limiter.rate === undefined || isOpen(shared.breaker)) return shared;
    const reserved = reserve(limiter, nowMs, nowMs + reachMs, calls.waiting, calls.turnsAway);
    slots = reserved.slots;
    return slots.length === 0 ? shared : { ...shared, limiter: reserved.limiter };
  });
  calls.rhythm.adapt(calls.fleet.version());
  if (!isWritten) return;
  calls.slots.push(...slots);
  calls.leasedAtMs = nowMs;
  calls.turnsAway = false;
}

function withOwnShare(before: ProviderState, calls: ModelCalls, nowMs: number): ProviderState {
  const { concurrency } = calls.limits;
  if (concurrency === undefined) return before;
  const terms = { concurrency, nowMs, untilMs: nowMs + SHARE_MS };
  return withShare(before, calls.worker, calls.inFlight + calls.waiting, terms);
}

/** Takes an open breaker's probe, if due and free. */
export async function leaseProbe(clock: Clock, calls: ModelCalls): Promise<boolean> {
  return await isFirstTo(calls, (state) => {
    const breaker = withProbe(state.breaker, clock.now());
    return breaker && { ...state, breaker };
  });
}

/** Takes a long wait's probe, if due and free. */
export async function leaseWaitProbe(clock: Clock, calls: ModelCalls): Promise<boolean> {
  return await isFirstTo(calls, (state) => {
    const limiter = withWaitProbe(state.limiter, clock.now());
    return limiter && { ...state, limiter };
  });
}

/** Takes the one call of a model on trial, if free. */
export async function leaseTrial(clock: Clock, calls: ModelCalls): Promise<boolean> {
  return await isFirstTo(calls, (state) => {
    const record = withTrial(state.record, clock.now());
    return record && { ...state, record };
  });
}

/** Whether this worker writes the change first; `undefined`: none is due. */
async function isFirstTo(
  calls: ModelCalls,
  changed: (state: ProviderState) => ProviderState | undefined,
): Promise<boolean> {
  if (changed(calls.fleet.view()) === undefined) return false;
  let isDue = false;
  const isWritten = await calls.fleet.change((before) => {
    const after = changed(before);
    isDue = after !== undefined;
    return after ?? before;
  });
  return isWritten && isDue;
}
