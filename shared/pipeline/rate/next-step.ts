import { isOpen, nextCallAtMs } from '../../domain/calls/breaker.ts';
import { opensAtMs } from '../../domain/calls/limiter.ts';
import { isOnTrial, mayBeginTrialCall } from '../../domain/calls/paid-record.ts';
import type { Clock } from '../ports.ts';
import { leaseProbe, leaseStartTimes, leaseTrial, leaseWaitProbe } from './lease.ts';
import type { ModelCalls } from './model-calls.ts';

/** Whether a call may start now, or how long its message waits. */
export type Permit = { readonly kind: 'go' } | { readonly kind: 'wait'; readonly waitMs: number };

/** Another worker's probe shows after a moment. */
const LEAST_WAIT_MS = 1_000;
/** Maximum age of the fleet's state while waiting. Always re-read before sending. */
const FRESH_MS = 250;

const GO: Permit = { kind: 'go' };
/** How often messages check a model's trial. */
const TRIAL_WAIT: Permit = { kind: 'wait', waitMs: 500 };

/** A message's next step: its call starts, or it waits and asks again. */
export async function nextStep(clock: Clock, calls: ModelCalls, patienceMs: number): Promise<Permit> {
  await calls.fleet.refresh(hasCallNow(clock, calls) ? 0 : FRESH_MS);
  calls.dropOldSlots();
  const { record } = calls.fleet.view();
  if (isOnTrial(record) && !mayBeginTrialCall(record, clock.now())) return TRIAL_WAIT;
  const step = await nextCall(clock, calls, patienceMs);
  if (step.kind === 'wait' || !isOnTrial(calls.fleet.view().record)) return step;
  if (await leaseTrial(clock, calls)) return GO;
  giveBack(clock, calls);
  return TRIAL_WAIT;
}

async function nextCall(clock: Clock, calls: ModelCalls, patienceMs: number): Promise<Permit> {
  const { limiter, breaker } = calls.fleet.view();
  const nowMs = clock.now();
  if (isOpen(breaker)) return (await leaseProbe(clock, calls)) ? GO : wait(untilNextCall(clock, calls));
  if (limiter.notBeforeMs > nowMs) {
    if (await leaseWaitProbe(clock, calls)) return GO;
    return wait(Math.max(1, opensAtMs(limiter) - nowMs));
  }
  if (calls.needsShare(nowMs)) {
    await leaseStartTimes(clock, calls, patienceMs);
    if (calls.lacksShare()) return wait(Math.max(1, calls.rhythm.nextMs() - clock.now()));
  }
  if (limiter.rate === undefined) return freeStep(calls, nowMs);
  if (calls.slots.length === 0) await leaseStartTimes(clock, calls, patienceMs);
  return slotStep(clock, calls);
}

/** How long until an open breaker lets a call through. */
export function untilNextCall(clock: Clock, calls: ModelCalls): number {
  return Math.max(LEAST_WAIT_MS, nextCallAtMs(calls.fleet.view().breaker) - clock.now());
}

/** Returns an unused start time or counted call. */
function giveBack(clock: Clock, calls: ModelCalls): void {
  const { limiter, breaker } = calls.fleet.view();
  if (limiter.rate !== undefined) calls.slots.unshift(clock.now());
  else if (!isOpen(breaker)) calls.fleet.tell({ kind: 'taken', atMs: clock.now(), calls: -1 });
}

function hasCallNow(clock: Clock, calls: ModelCalls): boolean {
  const [slotMs = Number.POSITIVE_INFINITY] = calls.slots;
  const nowMs = clock.now();
  return calls.fleet.view().limiter.rate === undefined ? calls.ramp.waitMs(nowMs) === 0 : slotMs <= nowMs;
}

function freeStep(calls: ModelCalls, nowMs: number): Permit {
  const waitMs = calls.ramp.waitMs(nowMs);
  if (waitMs > 0) return wait(waitMs);
  calls.ramp.begun();
  calls.fleet.tell({ kind: 'taken', atMs: nowMs, calls: 1 });
  return GO;
}

function slotStep(clock: Clock, calls: ModelCalls): Permit {
  const nowMs = clock.now();
  const [slotMs] = calls.slots;
  const { notBeforeMs } = calls.fleet.view().limiter;
  const atMs = Math.max(notBeforeMs, slotMs ?? calls.rhythm.nextMs());
  if (slotMs === undefined || atMs > nowMs) return wait(Math.max(1, Math.ceil(atMs - nowMs)));
  calls.slots.shift();
  return GO;
}

function wait(waitMs: number): Permit {
  return { kind: 'wait', waitMs };
}
