import type { Failure, FailureCode } from '../../domain/calls/failure.ts';
import { parseDurationMs, parseRetryAfterMs, waitInWordsMs } from '../http/duration.ts';
import { asArray, asObject, asText } from '../json-value.ts';
import type { ErrorFacts } from './error-reader.ts';

/** An error as it came: the body's own words, then the status. */
export interface ErrorAnswer {
  readonly facts: ErrorFacts;
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** The body was HTML or empty. */
  readonly bare: boolean;
}

type Rule = readonly [code: FailureCode, matches: (error: ErrorView) => boolean];

interface ErrorView {
  readonly code: number;
  readonly words: string;
  readonly bare: boolean;
  readonly quotaIds: string;
  readonly is: (...names: readonly string[]) => boolean;
}

/** Said by Google with every 429, whatever its cause: it is no word about the account's credit. */
const STOCK_PHRASE = /please check your plan and billing details\.?/gi;
const CREDITS = [
  /잔액|크레딧|충전/,
  /\b(?:insufficient|not enough|no|low|zero|negative|out of|without|exhausted|depleted|lack of|add|buy|purchase)\b[^.\n]{0,40}\b(?:credits?|balance|funds?)\b/i,
  /\b(?:credits?|balance|funds?)\b[^.\n]{0,40}\b(?:insufficient|not enough|too low|low|zero|negative|exhausted|depleted|required|exceeded|used up|run out|ran out|expired)\b/i,
  /\bbilling\b/i,
  /\bpayment(?:s|_| is| was)?[ _]?(?:required|failed|declined|due|overdue|method|needed|issue|problem)\b/i,
  /\btop[- ]?up\b|\brecharge\b/i,
];
const UNKNOWN_FIELD =
  /unknown name\b[\s\S]{0,300}?cannot find field|unknown (?:parameter|field|argument)\b|unrecognized (?:request )?(?:argument|parameter|field)|extra inputs are not permitted/i;
const LONG_QUOTA =
  /per[-_ ]?day|\bdaily\b|\bRPD\b|limit:\s*0(?![\d.]*\d)|spend(?:ing)?[-_ ]?(?:cap|limit)|per[-_ ]?month|\bmonthly\b|\bbudget\b/i;
const POLICY =
  /\b(?:content|usage|safety)[-_ ]polic(?:y|ies)\b|\bpolicy[-_ ]violation|violates? (?:our|the) polic/i;

/** provider-contract §5, rows 1–14, in their order; the first that matches wins. */
const RULES: readonly Rule[] = [
  [
    'auth',
    (e) =>
      e.code === 401 ||
      e.is('UNAUTHENTICATED', 'API_KEY_INVALID', 'INVALID_API_KEY', 'AUTHENTICATION_ERROR') ||
      /api key not valid|invalid api key/i.test(e.words),
  ],
  [
    'credits',
    (e) =>
      e.code === 402 ||
      e.is('INSUFFICIENT_QUOTA', 'INSUFFICIENT_CREDITS') ||
      (is4xx(e) && CREDITS.some((words) => words.test(e.words))),
  ],
  ['forbidden', (e) => e.code === 403 || e.is('PERMISSION_DENIED', 'FAILED_PRECONDITION')],
  [
    'model',
    (e) =>
      e.code === 404 ||
      e.is('NOT_FOUND', 'MODEL_NOT_FOUND') ||
      /multi-?modal output is not supported/i.test(e.words),
  ],
  [
    'unsupported_param',
    (e) =>
      (is4xx(e) && UNKNOWN_FIELD.test(e.words)) ||
      e.is('UNKNOWN_PARAMETER', 'UNSUPPORTED_PARAMETER', 'EXTRA_FORBIDDEN'),
  ],
  ['quota', (e) => isRateLimit(e) && LONG_QUOTA.test(`${e.words} ${e.quotaIds}`)],
  ['rate_limit', isRateLimit],
  ['too_large', (e) => e.code === 413],
  [
    'policy',
    (e) =>
      e.code === 451 ||
      e.is('CONTENT_POLICY_VIOLATION', 'POLICY_VIOLATION') ||
      (is4xx(e) && POLICY.test(e.words)),
  ],
  [
    'bad_request',
    (e) =>
      [400, 415, 422].includes(e.code) || e.is('INVALID_ARGUMENT', 'OUT_OF_RANGE', 'INVALID_REQUEST_ERROR'),
  ],
  ['timeout', (e) => [408, 499, 504, 522, 524].includes(e.code) || e.is('DEADLINE_EXCEEDED', 'CANCELLED')],
  ['upstream', (e) => e.code >= 500 || e.bare || e.is('UNAVAILABLE', 'INTERNAL')],
  ['http', (e) => e.code >= 300],
];

/** The code of an error answer, and how long it asks to wait. An error that says nothing known is `upstream`. */
export function classifyError(answer: ErrorAnswer, nowMs: number): Pick<Failure, 'code' | 'retryAfterMs'> {
  const view = viewOf(answer);
  const code = RULES.find(([, matches]) => matches(view))?.[0] ?? 'upstream';
  const retryAfterMs =
    retryInfoMs(answer.facts) ??
    parseRetryAfterMs(answer.retryAfter, nowMs) ??
    waitInWordsMs(answer.facts.message);
  return retryAfterMs === undefined ? { code } : { code, retryAfterMs };
}

/** The body's code goes before the status: gateways answer 200 or 500 around a body that says 429. */
function viewOf({ facts, status, bare }: ErrorAnswer): ErrorView {
  const words = `${facts.message} ${[...facts.names].join(' ')}`.slice(0, 8_000).replace(STOCK_PHRASE, '');
  return {
    code: facts.code ?? (status >= 300 ? status : 0),
    words,
    bare,
    quotaIds: quotaIdsOf(facts),
    is: (...names) => names.some((name) => facts.names.has(name)),
  };
}

function is4xx(error: ErrorView): boolean {
  return error.code < 500;
}

function isRateLimit(error: ErrorView): boolean {
  return error.code === 429 || error.is('RESOURCE_EXHAUSTED', 'RATE_LIMIT_EXCEEDED', 'RATE_LIMIT_ERROR');
}

function quotaIdsOf(facts: ErrorFacts): string {
  return facts.details
    .flatMap((detail) => asArray(detail.violations))
    .map((violation) => `${asObject(violation)?.quotaId ?? ''} ${asObject(violation)?.quotaMetric ?? ''}`)
    .join(' ')
    .slice(0, 8_000);
}

function retryInfoMs(facts: ErrorFacts): number | undefined {
  const info = facts.details.find(
    (detail) => asText(detail['@type'])?.endsWith('RetryInfo') || 'retryDelay' in detail,
  );
  return parseDurationMs(info?.retryDelay);
}
