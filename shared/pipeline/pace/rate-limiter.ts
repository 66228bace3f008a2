import { isOpen } from '../../domain/calls/breaker.ts';
import { isOnTrial } from '../../domain/calls/paid-record.ts';
import { type ProviderState, withShare } from '../../domain/calls/provider-state.ts';
import type { Effects } from '../effects.ts';
import { type CallEnd, createModelLine, type ModelLine } from './model-line.ts';
import { nextStep, type Permit, untilNextCall } from './next-step.ts';

/** One worker's side of the rate limiter and the circuit breaker: see decision 14. */
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
/** Another worker's probe may succeed while one waits. */
const LOOK_AGAIN_MS = 5_000;
/** While a model's one call is on trial, messages stay away for one to three times as long: calls may begin soon. */
const TRIAL_AWAY_MS = 5_000;

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
    line.waiting += 1;
    try {
      return await waitFor(line, clock.now());
    } finally {
      line.waiting -= 1;
    }
  }

  async function waitFor(line: ModelLine, sinceMs: number): Promise<Permit> {
    while (!options.stopping?.aborted) {
      const step = await nextStep(clock, line, options.patienceMs);
      if (step.kind === 'go') {
        line.inFlight += 1;
        return step;
      }
      if (options.stopping?.aborted) break;
      if (clock.now() + step.waitMs > sinceMs + patienceOf(line)) return turnAway(effects, line, step.waitMs);
      await clock.sleep(Math.min(step.waitMs, LOOK_AGAIN_MS), options.stopping);
    }
    return { kind: 'wait', waitMs: 0 };
  }

  function patienceOf({ inFlight }: ModelLine): number {
    const { patienceMs } = options;
    return patienceMs > 0 && inFlight > 0 ? Math.max(patienceMs, PATIENCE_WHILE_CALLING_MS) : patienceMs;
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

/** The message goes back to the queue, for longer the more of them there are. */
function turnAway(
  { clock, random }: Pick<Effects, 'clock' | 'random'>,
  line: ModelLine,
  leastMs: number,
): Permit {
  const awayMs = line.returns.nextMs();
  if (isOnTrial(line.fleet.view().record)) {
    return { kind: 'wait', waitMs: Math.round(TRIAL_AWAY_MS * (1 + 2 * random())) };
  }
  if (!isOpen(line.fleet.view().breaker)) {
    line.turnsAway = true;
    return { kind: 'wait', waitMs: Math.round(Math.max(leastMs, awayMs)) };
  }
  const waitMs = line.returns.isCrowd() ? awayMs : Math.min(awayMs, untilNextCall(clock, line));
  return { kind: 'wait', waitMs: Math.round(waitMs) };
}

const NOTHING_SHARED = { concurrency: 0, nowMs: 0, untilMs: 0 };
