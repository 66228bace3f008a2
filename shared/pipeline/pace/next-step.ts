import { isOpen, nextCallAtMs } from '../../domain/calls/breaker.ts';
import { opensAtMs } from '../../domain/calls/pace.ts';
import { isOnTrial, mayTry } from '../../domain/calls/paid-record.ts';
import type { Clock } from '../ports.ts';
import { leaseStartTimes, takeProbe, takeTrial, takeWaitProbe } from './lease.ts';
import type { ModelLine } from './model-line.ts';

/** Whether one more call may begin: now, or the message waits. */
export type Permit = { readonly kind: 'go' } | { readonly kind: 'wait'; readonly waitMs: number };

/** Another worker may be the one that probes: it takes a moment until that is known. */
const LEAST_WAIT_MS = 1_000;
/** Maximum age of the fleet's state while waiting. Always re-read before sending. */
const FRESH_MS = 250;

const GO: Permit = { kind: 'go' };
/** How often messages look whether the one call of a model that is on trial has ended. */
const TRIAL_WAIT: Permit = { kind: 'wait', waitMs: 500 };

/** What a message of a model does next: its call begins, or it waits for so long and asks again. */
export async function nextStep(clock: Clock, line: ModelLine, patienceMs: number): Promise<Permit> {
  await line.fleet.refresh(hasCallNow(clock, line) ? 0 : FRESH_MS);
  line.dropOldSlots();
  const { record } = line.fleet.view();
  if (isOnTrial(record) && !mayTry(record, clock.now())) return TRIAL_WAIT;
  const step = await nextCall(clock, line, patienceMs);
  if (step.kind === 'wait' || !isOnTrial(line.fleet.view().record)) return step;
  if (await takeTrial(clock, line)) return GO;
  giveBack(clock, line);
  return TRIAL_WAIT;
}

async function nextCall(clock: Clock, line: ModelLine, patienceMs: number): Promise<Permit> {
  const { pace, breaker } = line.fleet.view();
  const nowMs = clock.now();
  if (isOpen(breaker)) return (await takeProbe(clock, line)) ? GO : wait(untilNextCall(clock, line));
  if (pace.notBeforeMs > nowMs) {
    if (await takeWaitProbe(clock, line)) return GO;
    return wait(Math.max(1, opensAtMs(pace) - nowMs));
  }
  if (line.needsShare(nowMs)) {
    await leaseStartTimes(clock, line, patienceMs);
    if (line.lacksShare()) return wait(Math.max(1, line.rhythm.nextMs() - clock.now()));
  }
  if (pace.rate === undefined) return freeStep(line, nowMs);
  if (line.slots.length === 0) await leaseStartTimes(clock, line, patienceMs);
  return slotStep(clock, line);
}

/** How long until an open breaker lets another call through. */
export function untilNextCall(clock: Clock, line: ModelLine): number {
  return Math.max(LEAST_WAIT_MS, nextCallAtMs(line.fleet.view().breaker) - clock.now());
}

/** A start time, or a call that was counted, is not used after all. */
function giveBack(clock: Clock, line: ModelLine): void {
  const { pace, breaker } = line.fleet.view();
  if (pace.rate !== undefined) line.slots.unshift(clock.now());
  else if (!isOpen(breaker)) line.fleet.tell({ kind: 'taken', atMs: clock.now(), calls: -1 });
}

function hasCallNow(clock: Clock, line: ModelLine): boolean {
  const [slotMs = Number.POSITIVE_INFINITY] = line.slots;
  const nowMs = clock.now();
  return line.fleet.view().pace.rate === undefined ? line.ramp.waitMs(nowMs) === 0 : slotMs <= nowMs;
}

/** While no limit is known. */
function freeStep(line: ModelLine, nowMs: number): Permit {
  const waitMs = line.ramp.waitMs(nowMs);
  if (waitMs > 0) return wait(waitMs);
  line.ramp.begun();
  line.fleet.tell({ kind: 'taken', atMs: nowMs, calls: 1 });
  return GO;
}

function slotStep(clock: Clock, line: ModelLine): Permit {
  const nowMs = clock.now();
  const [slotMs] = line.slots;
  const { notBeforeMs } = line.fleet.view().pace;
  const atMs = Math.max(notBeforeMs, slotMs ?? line.rhythm.nextMs());
  if (slotMs === undefined || atMs > nowMs) return wait(Math.max(1, Math.ceil(atMs - nowMs)));
  line.slots.shift();
  return GO;
}

function wait(waitMs: number): Permit {
  return { kind: 'wait', waitMs };
}
