import type { Failure } from '../domain/failure.ts';
import type { RetryDecision } from '../domain/retry.ts';
import type { Clock } from './ports.ts';

/** Whether a model answers anybody, or is in one of its phases of 5xx, which last minutes to hours. */
export interface OutageWatch {
  succeeded(model: string): void;
  judge(model: string, failure: Failure, decision: RetryDecision): RetryDecision;
}

const LONGEST_WAIT_MS = 60_000;

/**
 * A 5xx among calls that succeed counts against its item (provider-contract §5 row 12). One that follows another with no
 * success between them is the provider's own trouble: it uses up no attempt, and the longer it lasts, the longer items
 * wait, up to a minute.
 */
export function createOutageWatch(clock: Pick<Clock, 'now'>): OutageWatch {
  const failingSinceMs = new Map<string, number>();

  function judge(model: string, failure: Failure, decision: RetryDecision): RetryDecision {
    if (failure.code !== 'upstream') return decision;
    const sinceMs = failingSinceMs.get(model);
    if (sinceMs === undefined) {
      failingSinceMs.set(model, clock.now());
      return decision;
    }
    const { upstream = 1, ...others } = decision.history.failures;
    const failures = upstream > 1 ? { ...others, upstream: upstream - 1 } : others;
    const waitMs = Math.min(LONGEST_WAIT_MS, Math.max(1_000, (clock.now() - sinceMs) / 2));
    return { kind: 'requeue', waitMs: Math.round(waitMs), history: { ...decision.history, failures } };
  }

  return { succeeded: (model) => void failingSinceMs.delete(model), judge };
}
