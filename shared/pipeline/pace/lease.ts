import { isOpen, withProbe } from '../../domain/calls/breaker.ts';
import { reserve, withWaitProbe } from '../../domain/calls/pace.ts';
import { withTrial } from '../../domain/calls/paid-record.ts';
import { type ProviderState, withShare } from '../../domain/calls/provider-state.ts';
import type { Clock } from '../ports.ts';
import type { ModelLine } from './model-line.ts';

/** Leases reach a little beyond the next one, so that a worker is never without start times between two. */
const LEASE_REACH = 1.3;
/** Longer than any call: the share of a worker that died is free after it. */
const SHARE_MS = 330_000;

/**
 * Leases start times for the messages that wait, and a share of the calls in progress if their number is pinned. No start
 * time is further away than `patienceMs`: nobody here would wait for it.
 */
export async function leaseStartTimes(clock: Clock, line: ModelLine, patienceMs: number): Promise<void> {
  const nowMs = clock.now();
  if (nowMs < line.rhythm.nextMs()) return;
  const reachMs = Math.min(LEASE_REACH * line.rhythm.begin(nowMs), Math.max(patienceMs, 0));
  let slots: number[] = [];
  const isWritten = await line.fleet.change((before) => {
    const shared = withOwnShare(before, line, nowMs);
    const { pace } = shared;
    if (pace.rate === undefined || isOpen(shared.breaker)) return shared;
    const reserved = reserve(pace, nowMs, nowMs + reachMs, line.waiting, line.turnsAway);
    slots = reserved.slots;
    return slots.length === 0 ? shared : { ...shared, pace: reserved.pace };
  });
  line.rhythm.adapt(line.fleet.version());
  if (!isWritten) return;
  line.slots.push(...slots);
  line.leasedAtMs = nowMs;
  line.turnsAway = false;
}

function withOwnShare(before: ProviderState, line: ModelLine, nowMs: number): ProviderState {
  const { concurrency } = line.limits;
  if (concurrency === undefined) return before;
  const terms = { concurrency, nowMs, untilMs: nowMs + SHARE_MS };
  return withShare(before, line.worker, line.inFlight + line.waiting, terms);
}

/** Takes the probe of an open breaker, if one is due and no other worker takes it first. */
export async function takeProbe(clock: Clock, line: ModelLine): Promise<boolean> {
  return await isFirstTo(line, (state) => {
    const breaker = withProbe(state.breaker, clock.now());
    return breaker && { ...state, breaker };
  });
}

/** Takes the probe of a long wait, if one is due and no other worker takes it first. */
export async function takeWaitProbe(clock: Clock, line: ModelLine): Promise<boolean> {
  return await isFirstTo(line, (state) => {
    const pace = withWaitProbe(state.pace, clock.now());
    return pace && { ...state, pace };
  });
}

/** Takes the one call of a model that is on trial, if no other worker has it. */
export async function takeTrial(clock: Clock, line: ModelLine): Promise<boolean> {
  return await isFirstTo(line, (state) => {
    const record = withTrial(state.record, clock.now());
    return record && { ...state, record };
  });
}

/** Whether this worker is the one that writes a change, of all that want to; `undefined` stands for none that is due. */
async function isFirstTo(
  line: ModelLine,
  changed: (state: ProviderState) => ProviderState | undefined,
): Promise<boolean> {
  if (changed(line.fleet.view()) === undefined) return false;
  let isDue = false;
  const isWritten = await line.fleet.change((before) => {
    const after = changed(before);
    isDue = after !== undefined;
    return after ?? before;
  });
  return isWritten && isDue;
}
