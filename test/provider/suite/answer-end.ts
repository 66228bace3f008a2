import { FAILURES, type Failure, LONGEST_RATE_WAIT_MS } from '../../../shared/domain/calls/failure.ts';
import { NO_HISTORY } from '../../../shared/domain/item/item.ts';
import { DIALECT_HINT, decideAfterFailure, type RetryDecision } from '../../../shared/domain/item/retry.ts';
import type { AnswerCase } from './answer-case.ts';

const MOST_CALLS = 50;

/** An item that gets the same answer again and again, at a provider that answers others. */
export function untilTheEnd(failure: Failure): { calls: AnswerCase['calls']; last: RetryDecision } {
  let history = NO_HISTORY;
  for (let calls = 1; ; calls += 1) {
    const last = decideAfterFailure(failure, history, { extrasSent: false }, 0.5);
    if (last.kind !== 'requeue') return { calls, last };
    if (calls === MOST_CALLS) return { calls: 'waits', last };
    history = last.history;
  }
}

/** What is told of a wait or of a pause is what the code does. */
export function keepsItsPromise({ code, hint, retryAfterMs = 0 }: Failure, last: RetryDecision): boolean {
  const { remedy } = FAILURES[code];
  switch (last.kind) {
    case 'requeue':
      return remedy.kind !== 'operator' && remedy.kind !== 'final' && last.waitMs <= LONGEST_RATE_WAIT_MS;
    case 'fail':
      return last.code === code;
    case 'pause': {
      const own = remedy.kind === 'operator' ? remedy.hint : DIALECT_HINT;
      return last.hint === (hint ?? own) && (last.forMs === undefined || last.forMs === retryAfterMs);
    }
  }
}
