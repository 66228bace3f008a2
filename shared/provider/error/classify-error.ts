import {
  type Failure,
  type FailureCode,
  LONGEST_RATE_WAIT_MS,
  type Reach,
} from '../../domain/calls/failure.ts';
import type { Vocabulary } from '../../domain/canonical-name.ts';
import { waitInMessageMs } from '../http/duration.ts';
import { exhaustedResetMs, explicitWaitMs, resetWaitMs } from '../http/retry-after.ts';
import { asArray, asObject } from '../json-value.ts';
import { addressHint } from './address-hint.ts';
import type { ErrorAnswer } from './error-answer.ts';
import type { ErrorFacts } from './error-reader.ts';
import * as said from './error-words.ts';

/** An error's meaning: its wait and, beyond its code, what to do. */
export type ErrorClass = Pick<Failure, 'code' | 'retryAfterMs' | 'hint'> & { readonly reach: Reach };

interface ErrorView {
  readonly code: number;
  readonly status: number;
  readonly words: string;
  readonly body: ErrorAnswer['body'];
  readonly page: string;
  readonly quotaIds: string;
  readonly filtered: boolean;
  /** An explicit wait; a rate limit's reset, which comes with every response, is none. */
  readonly askedMs: number | undefined;
  /** When an exhausted limit resets. */
  readonly resetMs: number | undefined;
  readonly is: (names: Vocabulary) => boolean;
}

type Rule = readonly [code: FailureCode, matches: (error: ErrorView) => boolean];

/** Statuses of a wrong address (row 10a); with a page of HTML, further ones are. */
const WRONG_ADDRESS: ReadonlySet<number> = new Set([405, 406, 407, 411, 421, 426, 497]);
const PAGE_OF_ADDRESS: ReadonlySet<number> = new Set([400, 404, 410, 415, 422, 501]);
/** Retried, though nothing was done yet (row 11). */
const CONFLICTS: ReadonlySet<number> = new Set([409, 423, 425]);
const TIMEOUTS: ReadonlySet<number> = new Set([408, 499, 504, 522, 524]);
/** What is behind the provider failed: Bedrock's model (424), Groq's flexible tier (498). */
const OUTAGES: ReadonlySet<number> = new Set([424, 498]);

/** contract §5, rows 0–14, in order; the first match wins. */
const RULES: readonly Rule[] = [
  ['policy', (e) => isOfPrompt(e) && isPolicy(e)],
  ['blocked', (e) => isOfPrompt(e) && isModerated(e)],
  ['quota', (e) => e.is(said.QUOTA_NAMES) || says(e, said.BUDGET_WORDS)],
  ['credits', (e) => says(e, [said.EMPTY_KEY_WORDS])],
  ['forbidden', (e) => says(e, [said.KEY_SCOPE_WORDS])],
  ['auth', (e) => e.code === 401 || e.is(said.AUTH_NAMES) || says(e, said.AUTH_WORDS)],
  ['credits', isCredits],
  ['address', isAddress],
  ['quota', (e) => isRateLimit(e) && said.QUOTA_WORDS.test(`${e.words} ${e.quotaIds}`)],
  ['too_large', (e) => e.code === 413 || (e.code === 429 && said.NEVER_FITS_WORDS.test(e.words))],
  ['rate_limit', isRateLimit],
  ['model', (e) => e.is(said.MODEL_ONLY_NAMES)],
  ['forbidden', (e) => e.code === 403 || e.is(said.FORBIDDEN_NAMES) || says(e, [said.ACCOUNT_WORDS])],
  ['model', isModel],
  ['unsupported_param', (e) => says(e, [said.FIELD_WORDS]) || e.is(said.FIELD_NAMES)],
  ['policy', (e) => e.code === 451],
  ['bad_request', (e) => [400, 415, 422].includes(e.code) || e.is(said.REQUEST_NAMES)],
  ['timeout', (e) => CONFLICTS.has(e.code) || TIMEOUTS.has(e.code) || e.is(said.TIMEOUT_NAMES)],
  ['upstream', (e) => e.code >= 500 || OUTAGES.has(e.code) || e.is(said.OUTAGE_NAMES)],
  ['http', (e) => e.code >= 300],
];

/** An error response's code; unknown errors with a successful status are `upstream`. */
export function classifyError(answer: ErrorAnswer, nowMs: number): ErrorClass {
  const view = viewOf(answer, nowMs);
  const code = RULES.find(([, matches]) => matches(view))?.[0] ?? 'upstream';
  const retryAfterMs = view.askedMs ?? waitOfLimit(code, view, answer, nowMs);
  const isLong = code === 'rate_limit' && retryAfterMs !== undefined && retryAfterMs > LONGEST_RATE_WAIT_MS;
  const hint = code === 'address' ? addressHint(answer) : undefined;
  return {
    code: isLong ? 'quota' : code,
    reach: code === 'timeout' && !CONFLICTS.has(view.code) ? 'lost' : 'refused',
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The body's code takes precedence: gateways answer 200 or 500 around a body with 429. */
function viewOf(answer: ErrorAnswer, nowMs: number): ErrorView {
  const { facts, status, body, page, headers } = answer;
  return {
    code: facts.code ?? (status >= 300 ? status : 0),
    status,
    words: facts.message.slice(0, 8_000).replace(said.STOCK_PHRASE, ''),
    body,
    page,
    quotaIds: quotaIdsOf(facts),
    filtered: facts.filtered,
    resetMs: exhaustedResetMs(facts.waits, nowMs) ?? exhaustedResetMs(Object.entries(headers), nowMs),
    askedMs:
      explicitWaitMs(facts.waits, nowMs) ??
      explicitWaitMs(Object.entries(headers), nowMs) ??
      waitInMessageMs(facts.message, nowMs),
    is: (names) => [...facts.names].some((name) => names.has(name)),
  };
}

function waitOfLimit(
  code: FailureCode,
  { resetMs }: ErrorView,
  { headers, facts }: ErrorAnswer,
  nowMs: number,
): number | undefined {
  if (code === 'quota') return resetMs;
  if (code !== 'rate_limit') return undefined;
  return resetWaitMs(Object.entries(headers), nowMs) ?? resetWaitMs(facts.waits, nowMs);
}

function says(error: ErrorView, words: readonly RegExp[]): boolean {
  return error.code < 500 && words.some((each) => each.test(error.words));
}

/** Whether moderation's words may be about a prompt, not a refused or suspended key. */
function isOfPrompt(error: ErrorView): boolean {
  return ![401, 402, 407, 429].includes(error.code) && !said.ACCOUNT_WORDS.test(error.words);
}

function isPolicy(error: ErrorView): boolean {
  return error.is(said.POLICY_NAMES) || says(error, [said.POLICY_WORDS]);
}

function isModerated(error: ErrorView): boolean {
  return error.filtered || error.is(said.MODERATION_NAMES) || says(error, said.MODERATION_WORDS);
}

/** A 429 that names a wait is a rate limit, whatever advice it adds. */
function isCredits(error: ErrorView): boolean {
  if (error.code === 402 || error.is(said.CREDITS_NAMES)) return true;
  const asksToWait = isRateLimit(error) && (error.askedMs ?? error.resetMs) !== undefined;
  return !asksToWait && says(error, said.CREDITS_WORDS);
}

function isAddress(error: ErrorView): boolean {
  const { code, status, body, words, page } = error;
  if (status >= 300 && status < 400) return true;
  if (WRONG_ADDRESS.has(code) || said.PLAIN_HTTP_WORDS.test(`${words} ${page}`)) return true;
  if (body === 'page' && PAGE_OF_ADDRESS.has(code)) return true;
  if (code === 404 || code === 410) return !namesModel(error) && saysAddress(error);
  return code === 403 && /missing authentication token/i.test(words);
}

function saysAddress({ body, words }: ErrorView): boolean {
  return body !== 'json' || words.trim() === '' || said.ADDRESS_WORDS.test(words);
}

function namesModel({ words, is }: ErrorView): boolean {
  return /\bmodels?\b|\bdeployment/i.test(words) || is(said.MODEL_ONLY_NAMES);
}

function isModel(error: ErrorView): boolean {
  const { code } = error;
  return code === 404 || code === 410 || error.is(said.MODEL_NAMES) || says(error, said.MODEL_WORDS);
}

function isRateLimit(error: ErrorView): boolean {
  if (error.code === 429 || error.is(said.LIMIT_NAMES)) return true;
  if (error.code === 403) return said.LIMIT_WORDS.test(error.words);
  return ![401, 402, 413].includes(error.code) && said.LIMIT_MET_WORDS.test(error.words);
}

function quotaIdsOf(facts: ErrorFacts): string {
  return facts.details
    .flatMap((detail) => asArray(detail.violations))
    .map((violation) => `${asObject(violation)?.quotaId ?? ''} ${asObject(violation)?.quotaMetric ?? ''}`)
    .join(' ')
    .slice(0, 8_000);
}
