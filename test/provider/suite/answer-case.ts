import type { FailureCode } from '../../../shared/domain/calls/failure.ts';

/**
 * One answer as people report it of servers that speak this dialect, and what becomes of an item that always gets it:
 * `calls` is how many it makes (`waits`: it waits as asked, and uses up no attempt), `charge` what each is recorded as.
 */
export interface AnswerCase {
  readonly name: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly code: FailureCode;
  readonly calls: number | 'waits';
  readonly charge: 'none' | 'booked' | 'unknown';
  /** What is asked for in seconds, if the answer says so. */
  readonly waitS?: number;
  /** What the pause tells to do, if it is more than the code's own. */
  readonly hint?: RegExp;
}

type Rest = Omit<AnswerCase, 'name' | 'status' | 'body' | 'code' | 'calls' | 'charge'>;
type Kind = (name: string, status: number, body: unknown, rest?: Rest) => AnswerCase;

/** Makes cases of one kind: a code with what follows from it. */
export function kind(
  code: FailureCode,
  calls: AnswerCase['calls'],
  charge: AnswerCase['charge'] = 'none',
): Kind {
  return (name, status, body, rest = {}) => ({ name, status, body, code, calls, charge, ...rest });
}

export const error = (message: string, more: object = {}) => ({ error: { message, ...more } });

export const google = (code: number, status: string, message: string, details: readonly object[] = []) => ({
  error: { code, status, message, details },
});

export const page = (title: string) =>
  `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
