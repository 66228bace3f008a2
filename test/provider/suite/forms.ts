import type { AnswerCase } from './answer-case.ts';
import {
  auth,
  badRequest,
  blocked,
  blockedBooked,
  blockedUnknown,
  credits,
  emptyBooked,
  forbidden,
  lostImageBooked,
  maxTokensBooked,
  noImageBooked,
  quota,
  rateLimit,
  typeRefusedBooked,
  upstream,
  upstreamUnknown,
} from './kinds.ts';

/** Errors in forms that no one API owns, and answers that say why they bring no image. */
export const FORMS: readonly AnswerCase[] = [
  credits('code/msg 200 balance', 200, { code: 40003, message: 'Insufficient credits', data: null }),
  credits('code/msg 200 zh', 200, { code: -1, msg: '余额不足', data: null }),
  rateLimit('code/msg string 200', 200, { code: 'RATE_LIMITED', message: 'slow down' }),
  auth('status error 200', 200, { status: 'error', message: 'Invalid API key' }),
  rateLimit(
    'ok false',
    200,
    {
      ok: false,
      description: 'Too Many Requests: retry after 9',
      error_code: 429,
      parameters: { retry_after: 9 },
    },
    { waitS: 9 },
  ),
  credits('success "false"', 200, { success: 'false', message: 'Insufficient credits' }),
  upstreamUnknown('lambda errorMessage', 200, {
    errorMessage: '2026-11-21T00:00:00Z x Task timed out after 30.00 seconds',
  }),
  upstream('lambda errorType', 502, {
    errorType: 'Runtime.ExitError',
    errorMessage: 'RequestId: x Error: Runtime exited',
  }),
  badRequest('problem+json', 400, {
    type: 'https://tools.ietf.org/html/rfc9110',
    title: 'One or more validation errors occurred.',
    status: 400,
    errors: { prompt: ['The prompt field is required.'] },
  }),
  quota('problem+json quota', 429, {
    type: 'about:blank',
    title: 'Too Many Requests',
    status: 429,
    detail: 'Daily quota exceeded',
  }),
  forbidden(
    'xml access',
    403,
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
  ),
  upstream(
    'xml slow',
    503,
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>',
  ),
  auth('graphql style', 200, {
    errors: [{ message: 'Unauthorized', extensions: { code: 'UNAUTHENTICATED' } }],
    data: null,
  }),
  rateLimit('errors list of strings', 429, { errors: ['rate limited'] }),
  auth('errors map', 401, { errors: { base: ['Invalid token'] } }),
  blocked('json string error', 400, '"{\\"error\\":{\\"message\\":\\"Input was flagged\\"}}"'),
  rateLimit('array of errors w/ grpc', 500, [{ error: { code: 8, message: 'Resource has been exhausted' } }]),
  blocked('utf8 bom error', 400, '﻿{"error":{"message":"Input was flagged"}}'),
  credits('py repr error', 400, "{'error': {'message': 'Insufficient credits', 'code': 402}}"),
  rateLimit('py repr 429 in msg', 500, {
    error: {
      message:
        "Error code: 429 - {'error': {'code': 429, 'message': 'Resource exhausted', 'status': 'RESOURCE_EXHAUSTED'}}",
    },
  }),
  rateLimit('error code in words', 500, { error: { message: 'Error code: 429 - Too many requests' } }),
  rateLimit('error as number', 429, { error: 429 }),
  rateLimit(
    'status in 200 text',
    200,
    { error: { message: 'Rate limit exceeded, retry in 3s' } },
    { waitS: 3 },
  ),
  upstreamUnknown('200 error overloaded', 200, {
    error: { message: 'The model is overloaded. Please try again later.' },
  }),
  auth('500 wrapping 401', 500, { error: { message: 'upstream returned 401', code: 401 } }),
  blocked('502 flagged words', 502, { error: { message: 'Input was flagged', code: 'flagged_input' } }),
  blocked('500 safety name', 500, {
    error: {
      code: 500,
      status: 'INTERNAL',
      message: 'x',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'IMAGE_SAFETY' }],
    },
  }),
  badRequest('400 IMAGE_RECITATION?', 400, {
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'x',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'IMAGE_RECITATION' }],
    },
  }),
  blockedUnknown('imagen rai', 200, {
    predictions: [
      {
        raiFilteredReason:
          "Unable to show generated images. All images were filtered out because they violated Vertex AI's usage guidelines.",
      },
    ],
  }),
  blockedUnknown('genai rai', 200, { generatedImages: [{ raiFilteredReason: 'x filtered' }] }),
  blockedBooked('gemini finishMessage', 200, {
    candidates: [
      { finishReason: 'IMAGE_SAFETY', finishMessage: 'Unable to show the generated image.', index: 0 },
    ],
    usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
  }),
  blockedBooked('gemini block other', 200, {
    promptFeedback: { blockReason: 'OTHER' },
    usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
  }),
  noImageBooked('gemini no image', 200, {
    candidates: [{ content: {}, finishReason: 'NO_IMAGE' }],
    usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
  }),
  noImageBooked('gemini IMAGE_OTHER', 200, {
    candidates: [{ finishReason: 'IMAGE_OTHER' }],
    usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 },
  }),
  blockedBooked('native finish reason', 200, {
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: '' },
        finish_reason: 'stop',
        native_finish_reason: 'PROHIBITED_CONTENT',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('openai refusal part', 200, {
    id: 'x',
    choices: [
      {
        index: 0,
        message: { content: [{ type: 'refusal', refusal: 'I cannot help' }] },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  blockedBooked('responses refusal', 200, {
    object: 'response',
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }],
    usage: { input_tokens: 9, output_tokens: 20, total_tokens: 29 },
  }),
  blockedBooked('responses incomplete filter', 200, {
    object: 'response',
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
    output: [],
    usage: { input_tokens: 9, output_tokens: 20, total_tokens: 29 },
  }),
  maxTokensBooked('responses incomplete max', 200, {
    object: 'response',
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    output: [],
    usage: { input_tokens: 9, output_tokens: 20, total_tokens: 29 },
  }),
  rateLimit('responses failed', 200, {
    object: 'response',
    status: 'failed',
    error: { code: 'rate_limit_exceeded', message: 'slow' },
    output: [],
  }),
  typeRefusedBooked('svg data', 200, {
    id: 'x',
    choices: [
      {
        index: 0,
        message: {
          content:
            '![i](data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz48c3ZnIHhtbG5zPSJodHRwOi8vd3d3LnczLm9yZy8yMDAwL3N2ZyIvPjxzdmcgeG1sbnM9Imh0dHA6Ly93d3cudzMub3JnLzIwMDAvc3ZnIi8+PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz48c3ZnIHhtbG5zPSJodHRwOi8vd3d3LnczLm9yZy8yMDAwL3N2ZyIvPjxzdmcgeG1sbnM9Imh0dHA6Ly93d3cudzMub3JnLzIwMDAvc3ZnIi8+PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz48c3ZnIHhtbG5zPSJodHRwOi8vd3d3LnczLm9yZy8yMDAwL3N2ZyIvPjxzdmcgeG1sbnM9Imh0dHA6Ly93d3cudzMub3JnLzIwMDAvc3ZnIi8+)',
        },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  typeRefusedBooked('avif', 200, {
    id: 'x',
    choices: [
      {
        index: 0,
        message: {
          images: [
            {
              image_url: {
                url: 'data:image/avif;base64,AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAAA+gABAAAAAAAACBIAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAAAAA4aXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAAEAAAABAAAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAgabWRhdBIACgk4FX/9pAQ0GkAyghAZQmMEAAGgBGDSsHdbp9tX16ZNKpIlfFFV6NHKIs1zToF5I6L5l/a5tqVEMFHoqDNM9mE3Jcdum1Xa9ugpYs6km/T58tU7j5rWfX6+quruL3ex74DjqKgOTUxCCwoZlknMsgpTz0W3S2vUINvCQobegf89TOTB5EmVZAAi1UJmp4uomIS34SpURcTT7YJeloIUyy5mpJkapeESebrhtKvz1nbymN9SHEQIev30SXjhNTBX2txL6hdiUG8jWGwSEvgvH1YV3C6vHsY0c5nfERm2yl3JAJYFW1CYsC/613tOlgYIyxoiQolpjKl+absBNFiC4AnYfZSEf2NrCVWsIyWt73hroeS6QlRdAYXdAxO8dUxMzgAMJyPAcF43dGbiFh4NE1JOInVkG0ci84URHlYTT8Mf6XdYtSXwP4ClLb7RVxOQrBnSfZbDkb3OSog24i334SnYREtkj/UYKOuwHcwEF5MJ15lRgjGmPJ5SF0cP/+xNsszkuzyFRn+KScG1bpNejVP2Bj3SRc/naj7y/2fywUetlp9T6v9lAQHzsRptsGLCg6PT95Yu63ltIU9+c4brKG/Fl+ZMcxooEc3x2TOeqXl78npWQlz3uL1sKpKiAtvb7CXnWhJodv0Jc/C5JDDV4021RQ5Jz/p+bMVM1yHz0zNy6mWr12rkKUwcyP05XoXJcEN2UBNvULnjFjLT9bEEX6YWu0Fnvp8+2yCZoAz/jqDq7GFmJ0z+08a+ERnqrA7xeyEZ9IQyLSiIeN7zterJR1HRJGwII1loypVogF6OaE5zmAhxJ7g2bBIrQI36j22ZNcFr3t34ZxgSU8y4103eFtH8qcgFVZC1Ofcgvn2MkUG/uDOKoZrlLcSthfSjw8k1E7A3Zh8LYHnwzKsUZoPlCaLsx0N7R6Yhd8AgZCPRqv5cjEEKaBmTRtZme6SwimiJiaF5HyufIGP0Zxy8pP2AkYJAcR93Q5XhspiB3MVeUA2sFrUev7pVslhDWy8nU2CQfYG8a3IK5I4rtX8AJHyFdw9nNl2OpmCrmk7q3KGXyvjih+l5Oj+LDUOmuD2lXNfIs1yPbIavAHqXy4Ecc6BOY2bMHwJCGEBEHOBZaCrE1zO3Vbx/NjaJdM4s5NpLU10jifQgxeRbeI56Bqj3124lWm/mM9TCtobjtLKxh1ik+If4Pa+a418QL+Wq5Z4lg3mKGfTp7K6HAeEwlcHtv9Gg5P+OmkByzh8YfB8UaA6hRUgRbj3wME3xB3PFCdWM30+Q2dI5VncrGxae8dIEdiZERhU6xjtRF6WLgNVGOiNz2T7zZMko0Z2acMRzvwqaWWfQBCZLXaHDkZ3acq3K7VPYOVJlm5XYq8glZlW6smqgaRhLeIqUE1UUyb947mtRGDL0XOD9hm67kMYt0sUJGdqQwM/S2SpEf94kQfptSwGZ4Uhstx+2AJMRfzHQ/xYtyERv+jIwCBEIGJlEegVXlY2XqJptlAHfydkeg2NkUSKDVglJBNauN5C9ULFEQc5bisxHd2QrZMMEr+Wro7jnIT9u8X6ZHFGts9G55LcUVlwsjo0uVewW3avT+lvnXljjnb3+6jV7xrs2hS9WwRamfJPVYjg35gfRkPqPtD2VIiai/VyHJwJRaRHDK/snP+2JJBNUJ9v+nP57+K9Ez8IrFcs6xSae2izp/Y4Y8TyMwCcnTV0lI/zU76pArorfg0icG287OAwc3PA8pKLgdhSxSnBRvknNFyDHZPnX2QAgCoXGar1aMYvp4mGAl9e5ixgxezxhoK6GStIBuwwANFhICfRTHUxSv7v5TP0A93rVqHHK4k1LLWS22yT7oOThkdBZ+uUtev86+tBiO7ElqfFqtAS/zcD8vyHoaYVHyRq7m7FGToFz1AIy1Ax0SpgvY+1AOD84UvoLHLGF0mNDCU14xq5ARGwC0hwU0GcUWevniqYgoEdhuFh5jvIM1ruYGSf8heGmGvKVm784g5vfJe+WV0snqMirmMmidgEWJnBCCqSU+oJt3VcEiUda/NvRwIla2q07xdu2CpBpelyMh9hBwP36LUkMZniaWqxfo2t7zJsBzqnhS0EaXl3htOjyfwOhmRKgjbRSSiOJBzzM51mO2ShK7JKTMjzK5GiWKBChBYlzLQEztWzIJGjjVTzPcxkNEVQ9AoXsIwNx6SgQ3ml8eg7EabH/rnPxygBNJo3Dl80RIOdiNvt5LbwLshJase2i7FxVobnbxXAUz2h9mtyKllo7eYPj2DAuwNYG+NilUVk5WBJ/8FRbzK77EBXO3RwjZJ0nVL53AsVlnE5ZrZTSeZ5qx4RbgZPUoqKJlInJIHuRTgmpVVUDimzunmGVk+vgnFh0CY6YTWHXyiKESGnWnnDkkJKcRmiHypb3ZGcfHu7kRr419yk9r8q0dByHBbyyJmPkwQ0ru8HHEsuM5xDNvxHbByGZhLK06a3wSRmKlQtm960HkalUY9sdnoHY2pFB+uvpaj9BZKMCVd1ivNqGPwZTaPZnvuFhsBH1bA+W7eBhwv+sok/9a6az36I+gAmPMK1Jm9Nz3UcJ3JIV6OTvBXxGQrp3TxAn4reSElN1mp2YlCqdJQvVQNMcI9mug0ykDR2WQ1i4SRdvGC7mwdFvC4/X9Zk3hXTLxHkLuimHlFi/nlnFDXcmLvk97OAd+uHbssbl6q8VHrC7e6UVCgm9XuCo7GYeumbvCv1MiLIwU/cK7tp2I+KDaEZUGn9ts7rr1XvA',
              },
            },
          ],
        },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  lostImageBooked('audio only', 200, {
    id: 'x',
    choices: [
      {
        index: 0,
        message: {
          content: null,
          audio: {
            data: 'QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB',
          },
        },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  blockedBooked('unsafe', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'unsafe' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('risk', 200, {
    choices: [
      { index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'content_policy_blocked' },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('guardrails', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'guardrails' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('content-blocked', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'content-blocked' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('safety_filter', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'safety_filter' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('content_filter nested', 200, {
    choices: [
      { index: 0, message: { role: 'assistant', content: '' }, finish_reason: { type: 'content_filter' } },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('CONTENT_FILTERED', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'CONTENT_FILTERED' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('finish array', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: ['content_filter'] }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedUnknown('candidate safety 0-lists', 200, {
    candidates: [{ finish_reason: 'FINISH_REASON_PROHIBITED_CONTENT' }],
  }),
  emptyBooked('error finish', 200, {
    choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'error' }],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  emptyBooked('max_output', 200, {
    choices: [
      { index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'MAX_OUTPUT_TOKENS_REACHED' },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 0, total_tokens: 9 },
  }),
  blockedBooked('prompt filter azure', 200, {
    choices: [
      {
        finish_reason: 'stop',
        message: { content: '' },
        content_filter_results: { sexual: { filtered: true, severity: 'high' } },
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  blockedBooked('prompt_filter_results', 200, {
    choices: [],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: { violence: { filtered: true } } }],
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
  lostImageBooked('moderation flagged obj', 200, {
    choices: [],
    moderation: { flagged: true },
    usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
  }),
];
