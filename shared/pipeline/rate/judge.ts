import { isOpen } from '../../domain/calls/breaker.ts';
import { FAILURES, type Failure, type FailureCode } from '../../domain/calls/failure.ts';
import { isSystematic, type PaidRecord } from '../../domain/calls/paid-record.ts';
import type { Item, ItemHistory } from '../../domain/item/item.ts';
import { isSpent, type RetryDecision } from '../../domain/item/retry.ts';
import type { ProviderContact } from './provider-contact.ts';
import type { RateLimiter } from './rate-limiter.ts';

/** A failed call with its own decision. */
export interface FailedCall {
  /** As the call found it. */
  readonly item: Pick<Item, 'state' | 'history' | 'settings' | 'attempts'>;
  readonly failure: Failure;
  readonly decision: RetryDecision;
  readonly sentAtMs: number;
}

/** Decides in view of all calls of the fleet. */
interface Judge {
  judge(call: FailedCall): RetryDecision;
  /** A model's image ends its streak of failures. */
  succeeded(model: string): void;
}

type Pause = Extract<RetryDecision, { kind: 'pause' }>;

const LEAST_WAIT_MS = 1_000;
/** Failures with an open breaker make way for others; the next probe may be any item's. */
const OPEN_WAIT_MS = 10_000;

export function createJudge(
  rateLimiter: Pick<RateLimiter, 'stateOf' | 'succeededMs'>,
  contact: Pick<ProviderContact, 'judge'>,
): Judge {
  const streaks = new Map<string, { code: FailureCode; count: number }>();

  function judge(call: FailedCall): RetryDecision {
    const { failure } = call;
    const { model } = call.item.settings;
    const decision = judgeUpstream(call, contact.judge(failure, call.decision));
    const count = countRunning(model, failure.code);
    const { record } = rateLimiter.stateOf(model);
    if (decision.kind === 'pause') return judgePause(call, decision, record);
    const limit = FAILURES[failure.code].pausesAfter;
    if (limit !== undefined && count >= limit) {
      streaks.delete(model);
      return pauseFor(`${count} answers running were ${failure.code}`, call, decision);
    }
    return isUseless(failure) && isSystematic(record)
      ? pauseFor(`${record.streak} paid calls running brought no image`, call, decision)
      : decision;
  }

  function countRunning(model: string, code: FailureCode): number {
    const streak = streaks.get(model);
    const count = streak?.code === code ? streak.count + 1 : 1;
    streaks.set(model, { code, count });
    return count;
  }

  /** A 5xx counts against its item only if others succeeded since its last try and none failed with it (contract §5 row 12). */
  function judgeUpstream({ item, failure }: FailedCall, decision: RetryDecision): RetryDecision {
    if (failure.code !== 'upstream') return decision;
    const { model } = item.settings;
    const { breaker } = rateLimiter.stateOf(model);
    const wasTried = (item.attempts ?? []).length > 0;
    const triedMs = wasTried && item.state.kind === 'queued' ? item.state.notBeforeMs : 0;
    const isOwn = triedMs > 0 && breaker.failures <= 1 && rateLimiter.succeededMs(model) > triedMs;
    if (isOwn) return decision;
    const history = withoutOne(decision.history, 'upstream');
    const waitMs = decision.kind === 'requeue' ? decision.waitMs : LEAST_WAIT_MS;
    return { kind: 'requeue', waitMs: isOpen(breaker) ? OPEN_WAIT_MS : waitMs, history };
  }

  return { judge, succeeded: (model) => void streaks.delete(model) };
}

/** Whether a call may have been paid for and brought nothing. */
function isUseless({ reach }: Pick<Failure, 'reach'>): boolean {
  return reach === 'answered' || reach === 'lost';
}

/**
 * An item that pauses a model repeatedly for one reason, while later items get images, is the cause: it fails. Another
 * reason counts from one; it takes one pause more if an account can change between calls.
 */
function judgePause(
  { item, failure, sentAtMs }: FailedCall,
  pause: Pause,
  record: PaidRecord,
): RetryDecision {
  if (FAILURES[failure.code].remedy.kind !== 'operator' || isUnreadStore(failure)) return pause;
  const { paused } = item.history;
  const before = paused?.code === undefined || paused.code === failure.code ? paused : undefined;
  const othersSucceed = before !== undefined && record.imageSentMs > before.sentAtMs;
  const times = othersSucceed ? before.times + 1 : (before?.times ?? 1);
  const { history } = pause;
  if (othersSucceed && times >= FAILURES[failure.code].ownAfterPauses) {
    return { kind: 'fail', code: failure.code, history };
  }
  return { ...pause, history: { ...history, paused: { code: failure.code, times, sentAtMs } } };
}

/** Nothing was sent for the item, so it isn't the cause; and its image may be stored, paid for. */
function isUnreadStore({ code, reach }: Failure): boolean {
  return code === 'unstored' && reach === 'unsent';
}

/** A shared failure pauses the model; an item that may not be retried or was billed too often ends all the same. */
function pauseFor(what: string, { failure }: FailedCall, decision: RetryDecision): Pause {
  const { remedy } = FAILURES[failure.code];
  const isLast = remedy.kind === 'final' || isSpent(decision.history);
  const isOver = decision.kind === 'fail' && isLast && isUseless(failure);
  return {
    kind: 'pause',
    scope: 'model',
    message: `${what}; the last: ${failure.message}`,
    hint: STREAK_HINT,
    history: decision.history,
    ...(isOver ? { fails: failure.code } : {}),
  };
}

const STREAK_HINT = 'see what the last answer says, and correct the request or the model that it is for';

function withoutOne(history: ItemHistory, code: FailureCode): ItemHistory {
  const { [code]: count = 0, ...others } = history.failures;
  return { ...history, failures: count > 1 ? { ...others, [code]: count - 1 } : others };
}
