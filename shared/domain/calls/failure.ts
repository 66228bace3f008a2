/**
 * Why an attempt brought no image: provider-contract §5, in the order of its table; last, our own `unstored`: the image
 * arrived and was paid for, but the object store would not take it.
 */
export const FAILURE_CODES = [
  'auth',
  'credits',
  'forbidden',
  'model',
  'unsupported_param',
  'quota',
  'rate_limit',
  'too_large',
  'bad_request',
  'policy',
  'timeout',
  'upstream',
  'network',
  'certificate',
  'http',
  'blocked',
  'no_image',
  'max_tokens',
  'text_only',
  'lost_image',
  'empty',
  'bad_image',
  'response_too_large',
  'bad_json',
  'unstored',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * How far an attempt got, which decides whether it may have cost something: `unsent` never left this machine,
 * `refused` was answered with an error (not billed), `answered` brought an answer that its usage prices, and `lost`
 * was sent but its answer, or its usage, never arrived: it may have been billed.
 */
export type Reach = 'unsent' | 'refused' | 'answered' | 'lost';

/** A failed attempt, as the provider client reports it and the retry decision reads it. */
export interface Failure {
  readonly code: FailureCode;
  /** One line for people, free of keys and base64, at most 500 characters. */
  readonly message: string;
  readonly reach: Reach;
  /** How long the provider asks to wait, from `RetryInfo`, `Retry-After` or the message's own words. */
  readonly retryAfterMs?: number;
  /** What the model said instead of an image, cut at 2,000 characters. */
  readonly text?: string;
}

/** What a failure calls for when nothing else speaks against it. */
export type Remedy =
  /** Only a person can help: pause, use up no attempt. `scope` says how much stands still. */
  | { readonly kind: 'operator'; readonly scope: 'provider' | 'model'; readonly hint: string }
  /** Wait as told and try again; no attempt is used up. */
  | { readonly kind: 'wait' }
  /** Try again up to `retries` times, then fail. */
  | { readonly kind: 'retry'; readonly retries: number }
  | { readonly kind: 'final' };

const FINAL: Remedy = { kind: 'final' };

/** The last column of provider-contract §5, row by row. */
export const REMEDIES: Readonly<Record<FailureCode, Remedy>> = {
  auth: operator('provider', 'set a valid key in CORE_TODAY_API_KEY'),
  credits: operator('provider', 'top up the credits of the account that the key belongs to'),
  forbidden: operator('provider', 'allow this key to use the model, or use another key'),
  model: operator('model', 'name another model, or redirect this one in PRESSRUN_MODELS'),
  unsupported_param: { kind: 'retry', retries: 1 },
  quota: operator('model', 'wait until the quota resets, or have it raised'),
  rate_limit: { kind: 'wait' },
  too_large: FINAL,
  bad_request: FINAL,
  policy: FINAL,
  timeout: { kind: 'retry', retries: 2 },
  upstream: { kind: 'retry', retries: 20 },
  network: { kind: 'retry', retries: 4 },
  certificate: operator('provider', 'check PRESSRUN_PROVIDER_URL, HTTPS_PROXY and NODE_EXTRA_CA_CERTS'),
  http: FINAL,
  blocked: FINAL,
  no_image: { kind: 'retry', retries: 2 },
  max_tokens: { kind: 'retry', retries: 1 },
  text_only: { kind: 'retry', retries: 2 },
  lost_image: { kind: 'retry', retries: 1 },
  empty: { kind: 'retry', retries: 2 },
  bad_image: { kind: 'retry', retries: 2 },
  response_too_large: FINAL,
  bad_json: { kind: 'retry', retries: 2 },
  unstored: operator('provider', 'make room in the object store, or allow writing to it'),
};

/**
 * Codes whose whole answer is kept in quarantine, so that it can be interpreted again: it was, or may have been, paid for,
 * and an image may be in it that we do not see (provider-contract §5 rows 21 and 23, and those without an image).
 */
export const QUARANTINED: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'bad_image',
  'bad_json',
  'lost_image',
  'no_image',
  'text_only',
  'empty',
]);

function operator(scope: 'provider' | 'model', hint: string): Remedy {
  return { kind: 'operator', scope, hint };
}
