/** Why an attempt brought no image: provider-contract §5 in its order, then `unstored`: paid for, but the store refused it. */
export const FAILURE_CODES = [
  'auth',
  'credits',
  'forbidden',
  'model',
  'address',
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
  'link_refused',
  'type_refused',
  'bad_image',
  'response_too_large',
  'bad_json',
  'unstored',
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

/**
 * How far an attempt got, which decides its cost: `unsent`, `refused` (an error, not billed), `answered` (priced by its usage),
 * or `lost`: sent, but no response or usage received, so it may be billed.
 */
export type Reach = 'unsent' | 'refused' | 'answered' | 'lost';

/** A failed attempt: the client reports it, the retry decision reads it. */
export interface Failure {
  readonly code: FailureCode;
  /** In one line of at most 500 characters, without keys and base64. */
  readonly message: string;
  readonly reach: Reach;
  /** How long the provider asks to wait: by `RetryInfo`, headers, or message. */
  readonly retryAfterMs?: number;
  /** The model's text instead of an image, at most 2,000 characters. */
  readonly text?: string;
  /** What to do, if the response says more than its code: an address, a host to allow. */
  readonly hint?: string;
}

/** What follows a failure by itself. */
type Remedy =
  /** Only you can help: pause, use up no attempt. `scope` is what pauses. */
  | { readonly kind: 'operator'; readonly scope: 'provider' | 'model'; readonly hint: string }
  /** Wait as told and retry; no attempt is used up. */
  | { readonly kind: 'wait' }
  /** Retry up to `retries` times, then fail. */
  | { readonly kind: 'retry'; readonly retries: number }
  | { readonly kind: 'final' };

/** What a failure says of the provider to limiter and breaker: it `answers`, `refuses` fast calls, is `down`, or `nothing`. */
export type ProviderSign = 'answers' | 'refuses' | 'down' | 'nothing';

/** A longer wait pauses the model until its end (contract §5 row 6). */
export const LONGEST_RATE_WAIT_MS = 600_000;

/** All that follows from a failure's code: one row of provider-contract §5. */
export interface FailureFacts {
  /** What the provider did, for the docs page. */
  readonly meaning: string;
  readonly remedy: Remedy;
  /** `never`: refused before any work. `usage`: by the reported usage. */
  readonly billed: 'never' | 'usage';
  /** Keeps the whole response: it was paid for, and may hold an image that we can't read yet. */
  readonly quarantined: boolean;
  readonly sign: ProviderSign;
  /** So many in a row, over different items, are no row's own failure (contract §5, rows 9 and 19). */
  readonly pausesAfter?: number;
  /** An item that paused a model so often, while others got images, fails instead. */
  readonly ownAfterPauses: number;
  /** Counts in the metric of rate limits. */
  readonly isLimit: boolean;
}

const FINAL: Remedy = { kind: 'final' };
const KEPT = { quarantined: true } as const;
/** An account may change between two calls: one pause more makes sure. */
const ACCOUNT = { ownAfterPauses: 3 } as const;

/** In a remedy: the variable of the provider's key. */
export const KEY_VARIABLE = 'CORE_TODAY_API_KEY';

/** The last column of provider-contract §5, by row. */
export const FAILURES: Readonly<Record<FailureCode, FailureFacts>> = {
  auth: refused('refuses the API key', operator('provider', `set a valid key in ${KEY_VARIABLE}`), ACCOUNT),
  credits: refused(
    'says that the account has no credits',
    operator('provider', 'top up the credits of the account that the key belongs to'),
    ACCOUNT,
  ),
  forbidden: refused(
    'forbids this key what was asked',
    operator('provider', 'allow this key to use the model, or use another key'),
  ),
  model: refused(
    'does not know the model, or not for images',
    operator('model', 'name another model, or its successor in pressrun.config.json'),
  ),
  address: refused(
    'redirects, or serves something else than chat completions at this address',
    operator('provider', 'correct PRESSRUN_PROVIDER_URL'),
  ),
  unsupported_param: refused('does not know a field of the request', retry(1), { sign: 'answers' }),
  quota: refused(
    'says that a quota is used up, or asks to wait for more than ten minutes',
    operator('model', 'wait until the quota resets, or have it raised'),
    { ...ACCOUNT, isLimit: true },
  ),
  rate_limit: refused('asks to slow down', { kind: 'wait' }, { sign: 'refuses', isLimit: true }),
  too_large: refused('finds the request too large', FINAL, { sign: 'answers' }),
  bad_request: refused('finds the request wrong', FINAL, { sign: 'answers', pausesAfter: 3 }),
  policy: refused('refuses the prompt by its policy', FINAL, { sign: 'answers' }),
  timeout: answered('takes too long, or its answer is lost on the way', retry(2), { sign: 'nothing' }),
  upstream: answered('has an outage', retry(20), { sign: 'down' }),
  network: refused('cannot be reached', retry(4)),
  certificate: refused(
    'shows a certificate that does not hold',
    operator('provider', 'check PRESSRUN_PROVIDER_URL, HTTPS_PROXY and NODE_EXTRA_CA_CERTS'),
  ),
  http: answered('refuses with another status', FINAL, { pausesAfter: 3 }),
  blocked: answered('refuses the prompt as unsafe', FINAL),
  no_image: answered('ends without an image, with a reason that may pass', retry(2), KEPT),
  max_tokens: answered('runs out of tokens before the image', retry(1)),
  text_only: answered('answers with text alone', retry(2), KEPT),
  lost_image: answered('bills an image that is not in the answer', retry(1), { ...KEPT, pausesAfter: 2 }),
  empty: answered('answers with nothing', retry(2), KEPT),
  link_refused: answered(
    'links to an image on a host that is not allowed',
    operator('model', 'allow the host in PRESSRUN_LINK_HOSTS'),
    KEPT,
  ),
  type_refused: answered(
    'sends an image of a type that is not taken',
    operator('model', 'use a model that makes PNG, JPEG or WebP images'),
    KEPT,
  ),
  bad_image: answered('sends an image that is damaged', retry(2), KEPT),
  response_too_large: answered('sends more bytes than allowed', FINAL),
  bad_json: answered('sends an answer that is no JSON', retry(2), KEPT),
  unstored: answered(
    'sent an image that the object store would not take',
    operator('provider', 'make room in the object store, or allow writing to it'),
    { sign: 'nothing' },
  ),
};

type Others = Partial<Omit<FailureFacts, 'meaning' | 'remedy' | 'billed'>>;

/** A refusal before any work; by default it says nothing about rate. */
function refused(meaning: string, remedy: Remedy, others: Others = {}): FailureFacts {
  return {
    meaning,
    remedy,
    billed: 'never',
    quarantined: false,
    sign: 'nothing',
    ownAfterPauses: 2,
    isLimit: false,
    ...others,
  };
}

/** A response, or its loss, that may have cost something. */
function answered(meaning: string, remedy: Remedy, others: Others = {}): FailureFacts {
  return {
    meaning,
    remedy,
    billed: 'usage',
    quarantined: false,
    sign: 'answers',
    ownAfterPauses: 2,
    isLimit: false,
    ...others,
  };
}

function operator(scope: 'provider' | 'model', hint: string): Remedy {
  return { kind: 'operator', scope, hint };
}

function retry(retries: number): Remedy {
  return { kind: 'retry', retries };
}
