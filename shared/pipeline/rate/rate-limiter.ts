import { isOpen } from '../../domain/calls/breaker.ts';
import { isOnTrial } from '../../domain/calls/paid-record.ts';
import { type ProviderState, withShare } from '../../domain/calls/provider-state.ts';
import type { Effects } from '../effects.ts';
import { type CallEnd, createModelCalls, type ModelCalls } from './model-calls.ts';
import { nextStep, type Permit, untilNextCall } from './next-step.ts';

/** One worker's rate limiter and circuit breaker: see decision 14. */
export interface RateLimiter {
  /** Ask before claiming, so that waiting holds nothing. Each `go` ends with `left`. */
  permit(model: string): Promise<Permit>;
  left(model: string, called: boolean): Promise<void>;
  ended(model: string, end: CallEnd): Promise<void>;
  stateOf(model: string): ProviderState;
  /** When the newest successful call was sent. */
  succeededMs(model: string): number;
}

export interface RateLimiterOptions {
  /** How long an item waits here before its message goes back to the queue. */
  readonly patienceMs: number;
  /** Concurrent calls while no limit is known. */
  readonly startCalls: number;
  /** The first lease; later ones depend on the number of workers. */
  readonly leaseMs: number;
  readonly stopping?: AbortSignal;
}

/** One of many workers, paid by time: it waits little. */
export const ONE_OF_MANY: RateLimiterOptions = { patienceMs: 5_000, startCalls: 1, leaseMs: 8_000 };
/** A stage's only worker, on one machine. */
export const ALONE: RateLimiterOptions = { patienceMs: 60_000, startCalls: 10, leaseMs: 500 };
export const IMPATIENT: RateLimiterOptions = { ...ALONE, patienceMs: 0 };

/** With a call in progress a worker lives on anyway, but leaves time for another one (`CALL_MS`). */
const PATIENCE_WHILE_CALLING_MS = 20_000;
/** Another worker's probe may succeed meanwhile. */
const LOOK_AGAIN_MS = 5_000;
/** During a trial, messages stay away for one to three times as long. */
const TRIAL_AWAY_MS = 5_000;

export function createRateLimiter(
  effects: Pick<Effects, 'table' | 'clock' | 'random' | 'models' | 'newAttemptId' | 'log'>,
  options: RateLimiterOptions,
): RateLimiter {
  const { clock } = effects;
  const models = new Map<string, ModelCalls>();

  function callsOf(model: string): ModelCalls {
    const calls = models.get(model) ?? createModelCalls(effects, model, options.startCalls, options.leaseMs);
    models.set(model, calls);
    return calls;
  }

  async function permit(model: string): Promise<Permit> {
    const calls = callsOf(model);
    calls.waiting += 1;
    try {
      return await waitFor(calls, clock.now());
    } finally {
      calls.waiting -= 1;
    }
  }

  async function waitFor(calls: ModelCalls, sinceMs: number): Promise<Permit> {
    while (!options.stopping?.aborted) {
      const step = await nextStep(clock, calls, options.patienceMs);
      if (step.kind === 'go') {
        calls.inFlight += 1;
        return step;
      }
      if (options.stopping?.aborted) break;
      if (clock.now() + step.waitMs > sinceMs + patienceOf(calls))
        return turnAway(effects, calls, step.waitMs);
      await clock.sleep(Math.min(step.waitMs, LOOK_AGAIN_MS), options.stopping);
    }
    return { kind: 'wait', waitMs: 0 };
  }

  function patienceOf({ inFlight }: ModelCalls): number {
    const { patienceMs } = options;
    return patienceMs > 0 && inFlight > 0 ? Math.max(patienceMs, PATIENCE_WHILE_CALLING_MS) : patienceMs;
  }

  async function left(model: string, called: boolean): Promise<void> {
    const calls = callsOf(model);
    calls.inFlight -= 1;
    if (!called && calls.fleet.view().limiter.rate !== undefined) calls.slots.unshift(clock.now());
    if (!called) await calls.notCalled();
    if (calls.limits.concurrency === undefined || calls.inFlight + calls.waiting > 0) return;
    await calls.fleet.change((before) => withShare(before, calls.worker, 0, NOTHING_SHARED));
  }

  return {
    permit,
    left,
    ended: async (model, end) => await callsOf(model).ended(end),
    stateOf: (model) => callsOf(model).fleet.view(),
    succeededMs: (model) => callsOf(model).succeededMs,
  };
}

/** The message goes back to the queue, for longer the more there are. */
function turnAway(
  { clock, random }: Pick<Effects, 'clock' | 'random'>,
  calls: ModelCalls,
  leastMs: number,
): Permit {
  const awayMs = calls.requeueDelay.nextMs();
  if (isOnTrial(calls.fleet.view().record)) {
    return { kind: 'wait', waitMs: Math.round(TRIAL_AWAY_MS * (1 + 2 * random())) };
  }
  if (!isOpen(calls.fleet.view().breaker)) {
    calls.turnsAway = true;
    return { kind: 'wait', waitMs: Math.round(Math.max(leastMs, awayMs)) };
  }
  const waitMs = calls.requeueDelay.isCrowd() ? awayMs : Math.min(awayMs, untilNextCall(clock, calls));
  return { kind: 'wait', waitMs: Math.round(waitMs) };
}

const NOTHING_SHARED = { concurrency: 0, nowMs: 0, untilMs: 0 };
