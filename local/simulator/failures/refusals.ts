import { type Answer, type AnswerContext, htmlAnswer, jsonAnswer, textAnswer } from '../answers/answer.ts';
import { brokenEvents } from '../answers/events.ts';
import { googleError, nested, quotaFailure, retryInfo } from './bodies.ts';
import { type SimulatedFailure, unbilled } from './failure.ts';

const OVERLOADED = googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');

/** Errors instead of an answer, none of them billed: rows 0, 7–12 and 14 of provider-contract §5. */
export const REFUSALS = {
  'rate-limit-retry-info': unbilled('rate_limit', rateLimitWithRetryInfo),
  'rate-limit-header': unbilled('rate_limit', ({ retryDelayMs }) =>
    jsonAnswer(
      429,
      { error: 'Too many requests' },
      { 'retry-after': String(Math.ceil(retryDelayMs / 1000)) },
    ),
  ),
  'rate-limit-words': unbilled('rate_limit', ({ retryDelayMs }) =>
    jsonAnswer(429, [
      googleError(429, 'RESOURCE_EXHAUSTED', `Resource exhausted. Please retry in ${retryDelayMs / 1000}s.`),
    ]),
  ),
  'rate-limit-bare': unbilled('rate_limit', () =>
    jsonAnswer(429, googleError(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.')),
  ),
  'too-large-413': unbilled('too_large', () => htmlAnswer(413, '413 Request Entity Too Large')),
  'bad-request-400': unbilled('bad_request', ({ message }) =>
    jsonAnswer(400, googleError(400, 'INVALID_ARGUMENT', message ?? 'Request contains an invalid argument.')),
  ),
  'bad-request-422': unbilled('bad_request', () =>
    jsonAnswer(422, {
      detail: [
        { loc: ['body', 'messages', 0, 'content'], msg: 'Input should be valid', type: 'value_error' },
      ],
    }),
  ),
  'policy-451': unbilled('policy', () => jsonAnswer(451, { error: 'Unavailable for legal reasons.' })),
  'policy-400': unbilled('policy', () =>
    jsonAnswer(400, {
      error: {
        message: 'Your request was rejected: it violates our content policy.',
        type: 'invalid_request_error',
        code: 'content_policy_violation',
      },
    }),
  ),
  'upstream-503': { code: 'upstream', uses: 'nothing', answer: () => jsonAnswer(503, OVERLOADED) },
  'upstream-500-array': unbilled('upstream', () =>
    jsonAnswer(500, [googleError(500, 'INTERNAL', 'An internal error has occurred.')]),
  ),
  'upstream-502-html': unbilled('upstream', () => htmlAnswer(502, '502 Bad Gateway')),
  'upstream-nested': unbilled('upstream', ({ random }) =>
    jsonAnswer(500, nested(OVERLOADED, random.between(1, 3))),
  ),
  'upstream-in-200': { code: 'upstream', uses: 'nothing', answer: () => jsonAnswer(200, OVERLOADED) },
  'upstream-success-false': unbilled('upstream', () =>
    jsonAnswer(503, { success: false, error: 'Service temporarily unavailable' }),
  ),
  'upstream-html-200': unbilled('upstream', () => htmlAnswer(200, 'We will be back soon')),
  'upstream-empty-200': unbilled('upstream', () => textAnswer(200, 'application/json', '')),
  'upstream-in-choice': unbilled('upstream', ({ id, model }) =>
    jsonAnswer(200, {
      id,
      object: 'chat.completion',
      model,
      choices: [
        { index: 0, error: { code: 502, message: 'Provider returned error' }, finish_reason: 'error' },
      ],
    }),
  ),
  'upstream-mid-stream': unbilled('upstream', (context) => brokenEvents(context, OVERLOADED.error)),
  'conflict-409': unbilled('timeout', () =>
    jsonAnswer(409, { error: { message: 'locked', type: 'conflict' } }),
  ),
  'http-418': { code: 'http', uses: 'nothing', answer: () => jsonAnswer(418, { detail: 'I am a teapot' }) },
  'blocked-flagged-403': unbilled('blocked', () =>
    jsonAnswer(403, {
      error: { code: 403, message: 'Input was flagged', metadata: { reasons: ['violence'] } },
    }),
  ),
  'blocked-azure-400': unbilled('blocked', () =>
    jsonAnswer(400, {
      error: {
        message: 'The response was filtered.',
        code: 'content_filter',
        innererror: {
          code: 'ResponsibleAIPolicyViolation',
          content_filter_result: { violence: { filtered: true, severity: 'medium' } },
        },
      },
    }),
  ),
} satisfies Record<string, SimulatedFailure>;

function rateLimitWithRetryInfo({ retryDelayMs, model }: AnswerContext): Answer {
  const body = googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your requests per minute.', [
    quotaFailure('GenerateRequestsPerMinutePerProjectPerModel', '60', model),
    retryInfo(retryDelayMs),
  ]);
  return jsonAnswer(429, body, { 'retry-after': String(Math.ceil(retryDelayMs / 1000)) });
}
