import { type AnswerCase, error, google, kind, page } from './answer-case.ts';

const limit = kind('rate_limit', 'waits');
const quota = kind('quota', 1);
const NOW_MS = Date.parse('2026-11-21T00:00:00Z');
const slow = error('slow down');
const retryInfo = (retryDelay: string) => [
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
];
const perDay = [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }] }];
const after = (headers: Record<string, string>, waitS: number) => ({ headers, waitS });

/** What asks to wait: below ten minutes a matter of pace, beyond a quota with its end. Nothing is billed. */
export const WAITS: readonly AnswerCase[] = [
  limit('bare', 429, ''),
  limit('Cloudflare, 1015', 429, page('Error 1015: You are being rate limited')),
  limit('Retry-After in seconds', 429, slow, after({ 'retry-after': '30' }, 30)),
  limit('Retry-After in fractions', 429, slow, after({ 'retry-after': '1.5' }, 1.5)),
  limit('Retry-After with a unit', 429, slow, after({ 'retry-after': '9s' }, 9)),
  limit(
    'Retry-After as an HTTP date',
    429,
    slow,
    after({ 'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT' }, 60),
  ),
  limit(
    'Retry-After as a date that is over',
    429,
    slow,
    after({ 'retry-after': 'Fri, 20 Nov 2026 00:00:00 GMT' }, 0),
  ),
  limit('Retry-After as an epoch', 429, slow, after({ 'retry-after': String(NOW_MS / 1_000 + 9) }, 9)),
  limit('Retry-After as an epoch in ms', 429, slow, after({ 'retry-after': String(NOW_MS + 9_000) }, 9)),
  limit('a negative Retry-After', 429, slow, { headers: { 'retry-after': '-1' } }),
  limit('a Retry-After that says nothing', 429, slow, { headers: { 'retry-after': 'soon' } }),
  limit('retry-after-ms', 429, slow, after({ 'retry-after-ms': '9000', 'retry-after': '60' }, 9)),
  limit('Azure, x-ms-retry-after-ms', 429, slow, after({ 'x-ms-retry-after-ms': '250' }, 0.25)),
  limit('x-ratelimit-reset-requests', 429, slow, after({ 'x-ratelimit-reset-requests': '6m0s' }, 360)),
  limit(
    'the limit that is used up, of two',
    429,
    slow,
    after(
      {
        'x-ratelimit-remaining-requests': '7',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '12s',
      },
      12,
    ),
  ),
  limit(
    'Anthropic, a reset as a time',
    429,
    slow,
    after(
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-21T00:00:12Z',
      },
      12,
    ),
  ),
  limit('IETF RateLimit', 429, slow, after({ ratelimit: '"default";r=0;t=50' }, 50)),
  limit(
    'IETF RateLimit, the earlier draft',
    429,
    slow,
    after({ ratelimit: 'limit=10, remaining=0, reset=50' }, 50),
  ),
  limit('RateLimit-Reset', 429, slow, after({ 'ratelimit-reset': '20' }, 20)),
  limit(
    'OpenRouter, a reset in the metadata',
    429,
    {
      error: { code: 429, metadata: { headers: { 'X-RateLimit-Reset': String(NOW_MS + 9_000) } } },
    },
    { waitS: 9 },
  ),
  limit('RetryInfo', 429, google(429, 'RESOURCE_EXHAUSTED', 'busy', retryInfo('57.2s')), { waitS: 57.2 }),
  limit(
    'Telegram, parameters',
    429,
    { description: 'Too Many Requests', error: { retry_after: 5 } },
    { waitS: 5 },
  ),
  limit('try again in 6m0s', 429, error('Rate limit reached. Please try again in 6m0s.'), { waitS: 360 }),
  limit('try again in 20 seconds', 429, error('Try again in 20 seconds'), { waitS: 20 }),
  limit('in Korean', 429, error('30초 후에 다시 시도해 주세요'), { waitS: 30 }),
  limit(
    'OpenAI, with advice to pay',
    429,
    error('Limit: 3 / min. Please try again in 1s. Add a payment method to raise the limit.', {
      code: 'rate_limit_exceeded',
    }),
    { waitS: 1 },
  ),
  limit('inside a 500', 500, [google(429, 'RESOURCE_EXHAUSTED', 'busy')]),
  limit('inside a 200', 200, google(429, 'RESOURCE_EXHAUSTED', 'busy')),
  limit(
    'GitHub, as 403',
    403,
    error('You have exceeded a secondary rate limit'),
    after({ 'retry-after': '60' }, 60),
  ),
  limit('Bedrock, ThrottlingException', 400, { __type: 'x', error: { code: 'ThrottlingException' } }),
  limit('LiteLLM, a code in digits', 429, error('litellm.RateLimitError', { code: '429' })),
  quota('resets after 18h21m3s', 429, error('Your quota will reset after 18h21m3s.'), { waitS: 66_063 }),
  quota('Retry-After of an hour', 429, slow, after({ 'retry-after': '3600' }, 3_600)),
  quota('Retry-After of a year', 429, slow, after({ 'retry-after': '999999999' }, 604_800)),
  quota('an epoch of tomorrow', 429, slow, after({ 'retry-after': String(NOW_MS / 1_000 + 86_400) }, 86_400)),
  quota('per day', 429, google(429, 'RESOURCE_EXHAUSTED', 'Quota.', perDay)),
  quota('limit: 0', 429, google(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded, limit: 0, model: x')),
  quota('a spend cap', 429, error('Your project has exceeded its monthly spending cap.')),
  quota(
    'LiteLLM, a budget',
    400,
    error('Budget has been exceeded! Current cost: 3', { type: 'budget_exceeded' }),
  ),
  quota('dailyLimitExceeded as 403', 403, error('x', { errors: [{ reason: 'dailyLimitExceeded' }] })),
];
