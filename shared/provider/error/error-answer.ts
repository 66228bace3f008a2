import type { ErrorFacts } from './error-reader.ts';

/** An error as it came: the body's own words, then the status. */
export interface ErrorAnswer {
  readonly facts: ErrorFacts;
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** `page`: HTML, where JSON was asked for; `empty`: nothing. */
  readonly body: 'json' | 'text' | 'page' | 'empty';
  /** The words of a page. */
  readonly page: string;
  /** Where the request went; undefined if that is not known any more. */
  readonly url: URL | undefined;
}
