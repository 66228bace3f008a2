import type { ErrorFacts } from './error-reader.ts';

/** An error response: what the body says, then the status. */
export interface ErrorAnswer {
  readonly facts: ErrorFacts;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** `page`: HTML instead of JSON. */
  readonly body: 'json' | 'text' | 'page' | 'empty';
  /** A page's words. */
  readonly page: string;
  /** The request's address; undefined if unknown by now. */
  readonly url: URL | undefined;
}
