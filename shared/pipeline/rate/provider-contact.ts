import type { Failure } from '../../domain/calls/failure.ts';
import type { ItemHistory } from '../../domain/item/item.ts';
import type { RetryDecision } from '../../domain/item/retry.ts';
import type { Clock } from '../ports.ts';

/** Whether a worker's calls reach the provider at all. */
export interface ProviderContact {
  /** Any response arrived. */
  answered(): void;
  /** Judges every failure; failed connections of all calls pause the provider in the end. */
  judge(failure: Failure, decision: RetryDecision): RetryDecision;
}

/** A provider that never responded is most likely a wrong address. */
const FIRST_CONTACT_MS = 3_000;
/** Longer outages pause the batch: waiting is free, and you see why. */
const OUTAGE_MS = 60_000;
/** Between an item's tries while no call gets through. */
const RETRY_MS = 1_000;

const HINT = 'check PRESSRUN_PROVIDER_URL and the network';

/**
 * Watches failures before sending. While other calls get through, they count against the item (contract §5 row 13);
 * while none does, they use up no attempt, and when that lasts they pause the provider.
 */
export function createProviderContact(clock: Pick<Clock, 'now'>): ProviderContact {
  let everAnswered = false;
  let failingSinceMs: number | undefined;

  function answered(): void {
    everAnswered = true;
    failingSinceMs = undefined;
  }

  function judge(failure: Failure, decision: RetryDecision): RetryDecision {
    if (failure.reach !== 'unsent') answered();
    if (failure.code !== 'network' || failure.reach !== 'unsent') return decision;
    const nowMs = clock.now();
    const isFirst = failingSinceMs === undefined;
    failingSinceMs ??= nowMs;
    if (isFirst && everAnswered) return decision;
    const history = withoutNetworkFailures(decision.history);
    const patienceMs = everAnswered ? OUTAGE_MS : FIRST_CONTACT_MS;
    if (nowMs - failingSinceMs < patienceMs) return { kind: 'requeue', waitMs: RETRY_MS, history };
    return { kind: 'pause', scope: 'provider', hint: HINT, history };
  }

  return { answered, judge };
}

function withoutNetworkFailures(history: ItemHistory): ItemHistory {
  const { network: _, ...failures } = history.failures;
  return { ...history, failures };
}
