import type { FailureCode } from '../../../shared/domain/calls/failure.ts';
import type { Answer, AnswerContext } from '../answers/answer.ts';

/** What a failed call used: `nothing`, `input`, `text` (with input and thinking), `limit` (text up to `max_tokens`), or `image`. */
type FailureUse = 'nothing' | 'input' | 'text' | 'limit' | 'image';

/** One way in which a call fails: what the contract calls it, what it costs, and how it looks on the wire. */
export interface SimulatedFailure {
  readonly code: FailureCode;
  readonly uses: FailureUse;
  /** The share of such calls that is billed, 0–1; 1 where not given (and the call uses anything). */
  readonly billedShare?: number;
  /** The answer is built around a picture. */
  readonly withPicture?: true;
  readonly answer: (context: AnswerContext) => Answer;
}

/** A failure that used nothing. */
export function unbilled<Code extends FailureCode>(code: Code, answer: SimulatedFailure['answer']) {
  return billed(code, 'nothing', answer);
}

/** A failure that used so much. */
export function billed<Code extends FailureCode>(
  code: Code,
  uses: FailureUse,
  answer: SimulatedFailure['answer'],
) {
  return { code, uses, answer } as const;
}
