import { isOpen, nextCallAtMs, withProbe } from '../../domain/calls/breaker.ts';
import { opensAtMs, reserve, withWaitProbe } from '../../domain/calls/pace.ts';
import { isOnTrial, mayTry, withTrial } from '../../domain/calls/paid-record.ts';
import { type ProviderState, withShare } from '../../domain/calls/provider-state.ts';
import type { Effects } from '../effects.ts';
import { type CallEnd, createModelLine, type ModelLine } from './model-line.ts';

/** Whether one more call may begin: now, or the message waits. */
export type Permit = { readonly kind: 'go' } | { readonly kind: 'wait'; readonly waitMs: number };

/** One worker's side of the rateLimiter and the breaker: see decision 14. */
export interface RateLimiter {
  /** Asked before an item is claimed, so that waiting holds nothing and uses up nothing. Each `go` ends with `left`. */
  permit(model: string): Promise<Permit>;
  left(model: string, called: boolean): Promise<void>;
  ended(model: string, end: CallEnd): Promise<void>;
  /** What is known of a model now. */
  stateOf(model: string): ProviderState;
  /** When the newest call that succeeded was sent. */
  succeededMs(model: string): number;
}

export interface RateLimiterOptions {
  /** How long an item may wait in this process before its message goes back to the queue. */
  readonly patienceMs: number;
  /** Calls at once while no limit is known. */
  readonly startCalls: number;
  /** How long the first lease is; then it is as long as the number of workers asks for. */
  readonly leaseMs: number;
  readonly stopping?: AbortSignal;
}

/** A worker of many, that is paid by the time: it waits little. */
export const ONE_OF_MANY: RateLimiterOptions = { patienceMs: 5_000, startCalls: 1, leaseMs: 8_000 };
/** The only worker of a stage on one machine. */
export const ALONE: RateLimiterOptions = { patienceMs: 60_000, startCalls: 10, leaseMs: 500 };
/** Never waits in the process. */
export const IMPATIENT: RateLimiterOptions = { ...ALONE, patienceMs: 0 };

/** With a call under way a worker lives on anyway; no longer, so that there is time for another call after it (`CALL_MS`). */
const PATIENCE_WHILE_CALLING_MS = 20_000;
/** Another worker may be the one that probes: then it takes a moment until that is known. */
const LEAST_WAIT_MS = 1_000;
/** How often those that wait for a call on trial look whether it has ended, and how long their messages stay away. */
const TRIAL_WAIT: Permit = { kind: 'wait', waitMs: 500 };
const TRIAL_AWAY_MS = 5_000;
/** Another worker's probe may succeed while one waits. */
const LOOK_AGAIN_MS = 5_000;
/** How old what is known may be for who waits. Nothing is sent by what is not read then and there. */
const FRESH_MS = 250;
/** Leases reach a little beyond the next one, so that a worker does not stand still between two. */
const LEASE_REACH = 1.3;
/** Longer than any call: the share of a worker that died is free after it. */
const SHARE_MS = 330_000;

export function createRateLimiter(
  effects: Pick<Effects, 'table' | 'clock' | 'random' | 'models' | 'newAttemptId' | 'log'>,
  options: RateLimiterOptions,
): RateLimiter {
  const { clock } = effects;
  const lines = new Map<string, ModelLine>();

  function lineOf(model: string): ModelLine {
    const line = lines.get(model) ?? createModelLine(effects, model, options.startCalls, options.leaseMs);
    lines.set(model, line);
    return line;
  }

  async function permit(model: string): Promise<Permit> {
    const line = lineOf(model);
    const sinceMs = clock.now();
    line.waiting += 1;
    try {
      for (;;) {
        const step = options.stopping?.aborted ? AT_ONCE : await nextStep(line);
        if (step.kind === 'go') line.inFlight += 1;
        if (step.kind === 'go' || options.stopping?.aborted) return step.kind === 'go' ? step : AT_ONCE;
        if (clock.now() + step.waitMs > sinceMs + patienceOf(line)) return turnAway(line, step.waitMs);
        await clock.sleep(Math.min(step.waitMs, LOOK_AGAIN_MS), options.stopping);
      }
    } finally {
      line.waiting -= 1;
    }
  }

  function patienceOf({ inFlight }: ModelLine): number {
    const { patienceMs } = options;
    return patienceMs > 0 && inFlight > 0 ? Math.max(patienceMs, PATIENCE_WHILE_CALLING_MS) : patienceMs;
  }

  async function nextStep(line: ModelLine): Promise<Permit> {
    await line.fleet.refresh(hasCallNow(line) ? 0 : FRESH_MS);
    line.dropOldSlots();
    const { record } = line.fleet.view();
    if (isOnTrial(record) && !mayTry(record, clock.now())) return TRIAL_WAIT;
    const step = await nextCall(line);
    if (step.kind === 'wait' || !isOnTrial(line.fleet.view().record)) return step;
    if (await isOnlyOne(line)) return GO;
    giveBack(line);
    return TRIAL_WAIT;
  }

  async function nextCall(line: ModelLine): Promise<Permit> {
    const { pace, breaker } = line.fleet.view();
    const nowMs = clock.now();
    if (isOpen(breaker)) return (await isProbe(line)) ? GO : { kind: 'wait', waitMs: untilNextCall(line) };
    if (pace.notBeforeMs > nowMs) {
      if (await isWaitProbe(line)) return GO;
      return { kind: 'wait', waitMs: Math.max(1, opensAtMs(pace) - nowMs) };
    }
    if (line.needsShare(nowMs)) {
      await lease(line);
      if (line.lacksShare()) return { kind: 'wait', waitMs: Math.max(1, line.rhythm.nextMs() - clock.now()) };
    }
    if (pace.rate === undefined) return freeStep(line, nowMs);
    if (line.slots.length === 0) await lease(line);
    return slotStep(line);
  }

  function hasCallNow(line: ModelLine): boolean {
    const [slotMs = Number.POSITIVE_INFINITY] = line.slots;
    const nowMs = clock.now();
    return line.fleet.view().pace.rate === undefined ? line.ramp.waitMs(nowMs) === 0 : slotMs <= nowMs;
  }

  function freeStep(line: ModelLine, nowMs: number): Permit {
    const waitMs = line.ramp.waitMs(nowMs);
    if (waitMs > 0) return { kind: 'wait', waitMs };
    line.ramp.begun();
    line.fleet.tell({ kind: 'taken', atMs: nowMs, calls: 1 });
    return GO;
  }

  function slotStep(line: ModelLine): Permit {
    const nowMs = clock.now();
    const [slotMs] = line.slots;
    const { notBeforeMs } = line.fleet.view().pace;
    const atMs = Math.max(notBeforeMs, slotMs ?? line.rhythm.nextMs());
    if (slotMs === undefined || atMs > nowMs)
      return { kind: 'wait', waitMs: Math.max(1, Math.ceil(atMs - nowMs)) };
    line.slots.shift();
    return GO;
  }

  /** Leases start times for who waits, and a share of the calls under way where their number is pinned. */
  async function lease(line: ModelLine): Promise<void> {
    const nowMs = clock.now();
    if (nowMs < line.rhythm.nextMs()) return;
    // No further than anybody here would wait.
    const reachMs = Math.min(LEASE_REACH * line.rhythm.begin(nowMs), Math.max(options.patienceMs, 0));
    const { concurrency } = line.limits;
    let slots: number[] = [];
    const isWritten = await line.fleet.change((before) => {
      const shared =
        concurrency === undefined
          ? before
          : withShare(before, line.worker, line.inFlight + line.waiting, {
              concurrency,
              nowMs,
              untilMs: nowMs + SHARE_MS,
            });
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

  async function isProbe(line: ModelLine): Promise<boolean> {
    return await isFirstTo(line, (state) => {
      const breaker = withProbe(state.breaker, clock.now());
      return breaker && { ...state, breaker };
    });
  }

  async function isWaitProbe(line: ModelLine): Promise<boolean> {
    return await isFirstTo(line, (state) => {
      const pace = withWaitProbe(state.pace, clock.now());
      return pace && { ...state, pace };
    });
  }

  async function isOnlyOne(line: ModelLine): Promise<boolean> {
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

  /** A start time, or a call that was counted, is not used after all. */
  function giveBack(line: ModelLine): void {
    const { pace, breaker } = line.fleet.view();
    if (pace.rate !== undefined) line.slots.unshift(clock.now());
    else if (!isOpen(breaker)) line.fleet.tell({ kind: 'taken', atMs: clock.now(), calls: -1 });
  }

  function turnAway(line: ModelLine, leastMs: number): Permit {
    const awayMs = line.returns.nextMs();
    if (isOnTrial(line.fleet.view().record)) {
      return { kind: 'wait', waitMs: Math.round(TRIAL_AWAY_MS * (1 + 2 * effects.random())) };
    }
    if (!isOpen(line.fleet.view().breaker)) {
      line.turnsAway = true;
      return { kind: 'wait', waitMs: Math.round(Math.max(leastMs, awayMs)) };
    }
    const waitMs = line.returns.isCrowd() ? awayMs : Math.min(awayMs, untilNextCall(line));
    return { kind: 'wait', waitMs: Math.round(waitMs) };
  }

  function untilNextCall(line: ModelLine): number {
    return Math.max(LEAST_WAIT_MS, nextCallAtMs(line.fleet.view().breaker) - clock.now());
  }

  async function left(model: string, called: boolean): Promise<void> {
    const line = lineOf(model);
    line.inFlight -= 1;
    if (!called && line.fleet.view().pace.rate !== undefined) line.slots.unshift(clock.now());
    if (!called) await line.notCalled();
    if (line.limits.concurrency === undefined || line.inFlight + line.waiting > 0) return;
    await line.fleet.change((before) => withShare(before, line.worker, 0, NOTHING_SHARED));
  }

  return {
    permit,
    left,
    ended: async (model, end) => await lineOf(model).ended(end),
    stateOf: (model) => lineOf(model).fleet.view(),
    succeededMs: (model) => lineOf(model).succeededMs,
  };
}

const GO: Permit = { kind: 'go' };
const AT_ONCE: Permit = { kind: 'wait', waitMs: 0 };
const NOTHING_SHARED = { concurrency: 0, nowMs: 0, untilMs: 0 };
