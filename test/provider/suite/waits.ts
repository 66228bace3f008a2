import { type AnswerCase, error, google, page } from './answer-case.ts';
import { quota, rateLimit } from './kinds.ts';

const NOW_MS = Date.parse('2026-11-21T00:00:00Z');
const slow = error('slow down');
const retryInfo = (retryDelay: string) => [
  { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
];
const perDay = [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel' }] }];
const after = (headers: Record<string, string>, waitS: number) => ({ headers, waitS });

/** What asks to wait: below ten minutes a matter of pace, beyond a quota with its end. Nothing is billed. */
export const WAITS: readonly AnswerCase[] = [
  rateLimit('bare', 429, ''),
  rateLimit('Cloudflare, 1015', 429, page('Error 1015: You are being rate limited')),
  rateLimit('Retry-After in seconds', 429, slow, after({ 'retry-after': '30' }, 30)),
  rateLimit('Retry-After in fractions', 429, slow, after({ 'retry-after': '1.5' }, 1.5)),
  rateLimit('Retry-After with a unit', 429, slow, after({ 'retry-after': '9s' }, 9)),
  rateLimit(
    'Retry-After as an HTTP date',
    429,
    slow,
    after({ 'retry-after': 'Sat, 21 Nov 2026 00:01:00 GMT' }, 60),
  ),
  rateLimit(
    'Retry-After as a date that is over',
    429,
    slow,
    after({ 'retry-after': 'Fri, 20 Nov 2026 00:00:00 GMT' }, 0),
  ),
  rateLimit('Retry-After as an epoch', 429, slow, after({ 'retry-after': String(NOW_MS / 1_000 + 9) }, 9)),
  rateLimit('Retry-After as an epoch in ms', 429, slow, after({ 'retry-after': String(NOW_MS + 9_000) }, 9)),
  rateLimit('a negative Retry-After', 429, slow, { headers: { 'retry-after': '-1' } }),
  rateLimit('a Retry-After that says nothing', 429, slow, { headers: { 'retry-after': 'soon' } }),
  rateLimit('retry-after-ms', 429, slow, after({ 'retry-after-ms': '9000', 'retry-after': '60' }, 9)),
  rateLimit('Azure, x-ms-retry-after-ms', 429, slow, after({ 'x-ms-retry-after-ms': '250' }, 0.25)),
  rateLimit('x-ratelimit-reset-requests', 429, slow, after({ 'x-ratelimit-reset-requests': '6m0s' }, 360)),
  rateLimit(
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
  rateLimit(
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
  rateLimit('IETF RateLimit', 429, slow, after({ ratelimit: '"default";r=0;t=50' }, 50)),
  rateLimit(
    'IETF RateLimit, the earlier draft',
    429,
    slow,
    after({ ratelimit: 'limit=10, remaining=0, reset=50' }, 50),
  ),
  rateLimit('RateLimit-Reset', 429, slow, after({ 'ratelimit-reset': '20' }, 20)),
  rateLimit(
    'OpenRouter, a reset in the metadata',
    429,
    {
      error: { code: 429, metadata: { headers: { 'X-RateLimit-Reset': String(NOW_MS + 9_000) } } },
    },
    { waitS: 9 },
  ),
  rateLimit('RetryInfo', 429, google(429, 'RESOURCE_EXHAUSTED', 'busy', retryInfo('57.2s')), { waitS: 57.2 }),
  rateLimit(
    'Telegram, parameters',
    429,
    { description: 'Too Many Requests', error: { retry_after: 5 } },
    { waitS: 5 },
  ),
  rateLimit('try again in 6m0s', 429, error('Rate limit reached. Please try again in 6m0s.'), { waitS: 360 }),
  rateLimit('try again in 20 seconds', 429, error('Try again in 20 seconds'), { waitS: 20 }),
  rateLimit('in Korean', 429, error('30초 후에 다시 시도해 주세요'), { waitS: 30 }),
  rateLimit(
    'OpenAI, with advice to pay',
    429,
    error('Limit: 3 / min. Please try again in 1s. Add a payment method to raise the limit.', {
      code: 'rate_limit_exceeded',
    }),
    { waitS: 1 },
  ),
  rateLimit('inside a 500', 500, [google(429, 'RESOURCE_EXHAUSTED', 'busy')]),
  rateLimit('inside a 200', 200, google(429, 'RESOURCE_EXHAUSTED', 'busy')),
  rateLimit(
    'GitHub, as 403',
    403,
    error('You have exceeded a secondary rate limit'),
    after({ 'retry-after': '60' }, 60),
  ),
  rateLimit('Bedrock, ThrottlingException', 400, { __type: 'x', error: { code: 'ThrottlingException' } }),
  rateLimit('LiteLLM, a code in digits', 429, error('litellm.RateLimitError', { code: '429' })),
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
