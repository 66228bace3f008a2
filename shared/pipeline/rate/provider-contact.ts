import type { Failure } from '../../domain/calls/failure.ts';
import type { ItemHistory } from '../../domain/item/item.ts';
import type { RetryDecision } from '../../domain/item/retry.ts';
import type { Clock } from '../ports.ts';

/** Whether calls of one worker get through to the provider at all. */
export interface ProviderContact {
  /** An answer arrived, of whatever kind. */
  answered(): void;
  /** Sees every failure; connections that fail for everybody are nobody's own trouble, and in the end a person's. */
  judge(failure: Failure, decision: RetryDecision): RetryDecision;
}

/** A provider that never answered this worker is most likely a wrong address: nothing is gained by trying on. */
const FIRST_CONTACT_MS = 3_000;
/** An outage this long is not waited out: a paused batch costs nothing, and says why it is paused. */
const OUTAGE_MS = 60_000;
/** Between two tries of an item while nobody gets through. */
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
