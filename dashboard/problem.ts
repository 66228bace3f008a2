/** A request that can't be done, in words for the page: what happened, and what to do. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly doThis: string | undefined;
  readonly command: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly doThis?: string; readonly command?: string; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.status = status;
    this.code = code;
    this.doThis = more.doThis;
    this.command = more.command;
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, 'not_found', what);
}
