import { describe, expect, test } from 'vitest';
import { callWith, chat, failureOf, KEY, USAGE } from '../fixtures/calls.ts';

type Case = readonly [name: string, status: number, body: unknown, expected: object];
const error = (code: number, message: string, status = '', details: unknown[] = []) => ({
  error: { code, message, status, details },
});
const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
const perDay = {
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }],
};
const PLAN = 'You exceeded your current quota, please check your plan and billing details.';

const ERRORS: readonly Case[] = [
  ['1 401', 401, error(401, 'no'), { code: 'auth', reach: 'refused' }],
  [
    '1 a bad key as 400',
    400,
    error(400, 'API key not valid.', 'INVALID_ARGUMENT', [{ reason: 'API_KEY_INVALID' }]),
    { code: 'auth' },
  ],
  ['1 401 as a page of HTML', 401, '<html>401</html>', { code: 'auth' }],
  ['2 402', 402, '', { code: 'credits' }],
  ['2 insufficient credits as 403', 403, { error: 'Insufficient credits' }, { code: 'credits' }],
  ['2 in Korean', 400, { success: false, error: '크레딧이 부족합니다' }, { code: 'credits' }],
  ['2 in Korean, balance', 403, { detail: '잔액이 부족합니다. 충전해 주세요.' }, { code: 'credits' }],
  [
    '2 429 about the balance',
    429,
    { error: { message: 'Your credit balance is too low' } },
    { code: 'credits' },
  ],
  ['3 403', 403, error(403, 'denied', 'PERMISSION_DENIED'), { code: 'forbidden' }],
  [
    '3 failed precondition as 400',
    400,
    error(400, 'User location is not supported', 'FAILED_PRECONDITION'),
    { code: 'forbidden' },
  ],
  ['4 404', 404, error(404, 'models/x is not found', 'NOT_FOUND'), { code: 'model' }],
  [
    '4 no pictures from this model',
    400,
    error(400, 'Multi-modal output is not supported.', 'INVALID_ARGUMENT'),
    { code: 'model' },
  ],
  [
    '5 unknown field',
    400,
    error(
      400,
      'Invalid JSON payload received. Unknown name "modalities": Cannot find field.',
      'INVALID_ARGUMENT',
    ),
    { code: 'unsupported_param' },
  ],
  [
    '6 per day',
    429,
    error(429, PLAN, 'RESOURCE_EXHAUSTED', [perDay, retryInfo('1h16m0.6s')]),
    { code: 'quota', retryAfterMs: 4_560_600 },
  ],
  [
    '6 limit: 0',
    429,
    error(429, `${PLAN} * Quota exceeded for metric: x, limit: 0, model: y`, 'RESOURCE_EXHAUSTED'),
    { code: 'quota' },
  ],
  [
    '6 a spend cap',
    429,
    error(429, 'Project has exceeded its spend cap', 'RESOURCE_EXHAUSTED'),
    { code: 'quota' },
  ],
  [
    '7 with RetryInfo',
    429,
    error(429, PLAN, 'RESOURCE_EXHAUSTED', [retryInfo('57.2s')]),
    { code: 'rate_limit', retryAfterMs: 57_200 },
  ],
  [
    '7 limit: 10',
    429,
    error(429, 'Quota exceeded, limit: 10. Please retry in 200ms', 'RESOURCE_EXHAUSTED'),
    { code: 'rate_limit', retryAfterMs: 200 },
  ],
  ['7 inside a 500', 500, [error(429, 'busy', 'RESOURCE_EXHAUSTED')], { code: 'rate_limit' }],
  ['8 413', 413, '<html>', { code: 'too_large' }],
  ['9 400', 400, error(400, 'temperature must be at most 2', 'INVALID_ARGUMENT'), { code: 'bad_request' }],
  [
    '9 422 with a list',
    422,
    { detail: [{ loc: ['body', 'model'], msg: 'field required', type: 'missing' }] },
    { code: 'bad_request', message: expect.stringContaining('field required') },
  ],
  ['10 451', 451, '', { code: 'policy' }],
  [
    '10 a policy error as 400',
    400,
    { error: { code: 'content_policy_violation', message: 'Your request was rejected' } },
    { code: 'policy' },
  ],
  ['11 504', 504, '<html>', { code: 'timeout', reach: 'lost' }],
  ['11 524', 524, '', { code: 'timeout', reach: 'lost' }],
  [
    '11 deadline inside a 500',
    500,
    error(504, 'Deadline expired', 'DEADLINE_EXCEEDED'),
    { code: 'timeout', reach: 'lost' },
  ],
  [
    '12 503',
    503,
    error(503, 'The model is overloaded', 'UNAVAILABLE'),
    { code: 'upstream', reach: 'refused' },
  ],
  ['12 HTML', 502, '<html><h1>Bad gateway</h1></html>', { code: 'upstream' }],
  ['12 empty', 500, '', { code: 'upstream' }],
  [
    '12 words without JSON',
    503,
    'upstream connect error',
    { code: 'upstream', message: expect.stringContaining('upstream connect error') },
  ],
  ['14 418', 418, { error: 'teapot' }, { code: 'http' }],
  ['14 a redirect of the endpoint', 302, { moved: true }, { code: 'address' }],
  [
    'JSON inside the message, three deep',
    500,
    {
      error: {
        message: `x ${JSON.stringify({ error: { message: JSON.stringify({ error: { message: JSON.stringify(error(401, 'bad key', 'UNAUTHENTICATED')) } }) } })}`,
      },
    },
    { code: 'auth' },
  ],
  [
    '200 with an error',
    200,
    error(429, 'slow', 'RESOURCE_EXHAUSTED'),
    { code: 'rate_limit', reach: 'refused' },
  ],
  ['200 with an error in words', 200, { error: 'something broke' }, { code: 'upstream', reach: 'lost' }],
  [
    '200 with an error in a choice',
    200,
    { choices: [{ error: { code: 502, message: 'bad gateway' }, message: { content: '' } }], usage: USAGE },
    { code: 'upstream', reach: 'answered' },
  ],
];

const reason = (finish_reason: string, message: unknown = { content: '' }, more: object = {}) =>
  chat(message, {
    choices: [{ index: 0, message, finish_reason }],
    usage: { prompt_tokens: 9, completion_tokens: 20, total_tokens: 29 },
    ...more,
  });

const IMAGELESS: readonly Case[] = [
  [
    '15 content_filter',
    200,
    reason('content_filter: PROHIBITED_CONTENT'),
    { code: 'blocked', reach: 'answered' },
  ],
  [
    '15 SAFETY',
    200,
    {
      candidates: [{ finishReason: 'IMAGE_SAFETY' }],
      usageMetadata: { promptTokenCount: 5, totalTokenCount: 5 },
    },
    { code: 'blocked', reach: 'answered' },
  ],
  ['15 blockReason', 200, { promptFeedback: { blockReason: 'OTHER' } }, { code: 'blocked', reach: 'lost' }],
  ['15 refusal', 200, reason('stop', { content: null, refusal: 'I cannot' }), { code: 'blocked' }],
  ['16 recitation', 200, reason('RECITATION'), { code: 'no_image' }],
  ['16 recitation as a detail', 200, reason('content_filter: RECITATION'), { code: 'no_image' }],
  ['16 no_image', 200, reason('NO_IMAGE', { content: 'sorry' }), { code: 'no_image' }],
  ['16 malformed', 200, reason('malformed_function_call'), { code: 'no_image' }],
  ['17 length', 200, reason('length'), { code: 'max_tokens' }],
  [
    '17 length with a cut-off image',
    200,
    reason('MAX_TOKENS', {
      content: '![i](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ)',
    }),
    { code: 'max_tokens' },
  ],
  [
    '18 text only',
    200,
    reason('stop', { content: 'A fox is an animal.' }),
    { code: 'text_only', text: 'A fox is an animal.', reach: 'answered' },
  ],
  ['19 billed but not there', 200, chat({ content: '' }), { code: 'lost_image', reach: 'answered' }],
  ['20 null content', 200, reason('stop', { content: null }), { code: 'empty' }],
  ['20 no choices', 200, { choices: [] }, { code: 'empty', reach: 'lost' }],
  ['20 null', 200, 'null', { code: 'empty', reach: 'lost' }],
  ['12 HTML with 200', 200, '<!doctype html>', { code: 'upstream', reach: 'lost' }],
  ['12 nothing with 200', 200, ' ', { code: 'upstream', reach: 'lost' }],
  ['23 invalid JSON', 200, '{"choices":[{"message":', { code: 'bad_json', reach: 'lost' }],
];

describe('a failure is recognized by', () => {
  test.each([...ERRORS, ...IMAGELESS])('row %s', async (_name, status, body, expected) => {
    expect(
      failureOf(await callWith(typeof body === 'string' ? body : JSON.stringify(body), { status })),
    ).toMatchObject(expected);
  });
});

describe('how long to wait', () => {
  test.each([
    ['30', 30_000],
    ['Sat, 21 Nov 2026 00:01:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 00:00:00 GMT', 0],
  ])('Retry-After: %s', async (value, retryAfterMs) => {
    const outcome = await callWith({}, { status: 503, headers: { 'retry-after': value } });

    expect(failureOf(outcome)).toMatchObject({ code: 'upstream', retryAfterMs });
  });

  test('RetryInfo goes before Retry-After', async () => {
    const outcome = await callWith(error(429, '', '', [retryInfo('2s')]), {
      status: 429,
      headers: { 'retry-after': '9' },
    });

    expect(failureOf(outcome).retryAfterMs).toBe(2_000);
  });
});

describe('a message', () => {
  test('is one short line without keys and base64, whatever the server says', async () => {
    const body = {
      error: { message: `bad\nkey ${KEY} Bearer abc.def ${'QUJD'.repeat(900)} ${'long '.repeat(900)}` },
    };
    const { message } = failureOf(await callWith(body, { status: 400 }));

    expect(message).not.toMatch(/cdt_|secret|abc\.def|QUJDQUJD|\n/);
    expect(message.length).toBeLessThanOrEqual(500);
  });

  test('of an unreadable response keeps the response exactly', async () => {
    const body = Buffer.from('{"choices": [\xff\x00', 'latin1');

    expect(await callWith(body)).toMatchObject({
      failure: { code: 'bad_json' },
      answer: { status: 200, bytes: body },
    });
  });
});
