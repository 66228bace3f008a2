import { chat } from '../fixtures/calls.ts';
import { type AnswerCase, error, google, kind, page } from './answer-case.ts';
import { badRequest, conflict, http, timeoutUnknown, tooLarge, unsupportedParam, upstream } from './kinds.ts';

const U = { prompt_tokens: 9, completion_tokens: 200, total_tokens: 209 };
const stopped = (finish_reason: string, content: string | null = '') =>
  chat({ content }, { choices: [{ index: 0, message: { content }, finish_reason }], usage: U });
const noUsage = { usage: undefined };
const gif = Buffer.from('R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64');

/** What is tried again, outages, and answers that were paid for and brought no image. */
export const OTHERS: readonly AnswerCase[] = [
  conflict('409', 409, error('locked')),
  conflict('425', 425, ''),
  conflict('423', 423, ''),
  timeoutUnknown('408', 408, { detail: 'Request timeout' }),
  timeoutUnknown('504', 504, page('504 Gateway Time-out')),
  timeoutUnknown('Cloudflare, 522', 522, page('Connection timed out')),
  timeoutUnknown('Cloudflare, 524', 524, ''),
  timeoutUnknown('499', 499, ''),
  timeoutUnknown('DEADLINE_EXCEEDED inside a 500', 500, google(504, 'DEADLINE_EXCEEDED', 'late')),
  upstream('503', 503, google(503, 'UNAVAILABLE', 'The model is overloaded.')),
  upstream('500', 500, google(500, 'INTERNAL', 'An internal error has occurred.')),
  upstream('502 as a page', 502, page('502 Bad Gateway')),
  upstream('Cloudflare, 520', 520, page('Web server is returning an unknown error')),
  upstream('Anthropic, 529', 529, error('Overloaded', { type: 'overloaded_error' })),
  upstream('501', 501, ''),
  upstream('words without JSON', 503, 'upstream connect error or disconnect/reset before headers'),
  upstream('maintenance for a day', 503, error('maintenance'), {
    headers: { 'retry-after': '86400' },
    waitS: 86_400,
  }),
  badRequest('400', 400, google(400, 'INVALID_ARGUMENT', 'temperature must be at most 2')),
  badRequest('422 of FastAPI', 422, { detail: [{ loc: ['body'], msg: 'field required', type: 'missing' }] }),
  badRequest('415', 415, error('Unsupported Media Type')),
  unsupportedParam(
    'a field that is unknown',
    400,
    google(400, 'INVALID_ARGUMENT', 'Unknown name "x": Cannot find field.'),
  ),
  unsupportedParam(
    'OpenAI, unknown_parameter',
    400,
    error("Unknown parameter: 'x'.", { code: 'unknown_parameter' }),
  ),
  tooLarge('413', 413, page('413 Request Entity Too Large')),
  http('418', 418, error('teapot')),
  http('431', 431, ''),
  http('418 without a body', 418, ''),
  kind('blocked', 1, 'booked')('content_filter', 200, stopped('content_filter')),
  kind('blocked', 1, 'booked')('a refusal', 200, chat({ content: null, refusal: 'I cannot.' })),
  kind('blocked', 1, 'booked')('an enumeration', 200, stopped('FinishReason.IMAGE_SAFETY')),
  kind('no_image', 3, 'booked')('recitation', 200, stopped('content_filter: RECITATION')),
  kind('no_image', 3, 'booked')('malformed', 200, stopped('malformed_function_call')),
  kind('max_tokens', 2, 'booked')('length', 200, stopped('length')),
  kind('text_only', 3, 'booked')('text alone', 200, stopped('stop', 'What a fine idea!')),
  kind('text_only', 3, 'unknown')('text alone, without usage', 200, chat({ content: 'Hm.' }, noUsage)),
  kind('lost_image', 2, 'booked')('billed, and not there', 200, chat({ content: '' })),
  kind('empty', 3, 'booked')('null', 200, stopped('stop', null)),
  kind('empty', 3, 'unknown')('no choices', 200, { choices: [] }),
  kind('bad_image', 3, 'booked')(
    'cut off',
    200,
    chat({ content: '![i](data:image/png;base64,iVBORw0KGgo)' }),
  ),
  kind('type_refused', 1, 'booked')(
    'a GIF',
    200,
    chat({ content: `![i](data:image/gif;base64,${gif.toString('base64')})` }),
  ),
  kind('link_refused', 1, 'booked')(
    'a link elsewhere',
    200,
    chat({ content: '![i](https://cdn.example.net/fox.png)' }),
    { hint: /allow cdn\.example\.net in PRESSRUN_LINK_HOSTS/ },
  ),
  kind('bad_json', 3, 'unknown')('JSON that ends too soon', 200, '{"choices":[{"message":'),
  kind('upstream', 4, 'unknown')('a page with 200', 200, page('We will be back soon')),
  kind('upstream', 4, 'unknown')('nothing with 200', 200, ' '),
  kind('upstream', 4, 'unknown')('an error in words', 200, { error: 'something broke' }),
  kind('rate_limit', 'waits', 'booked')(
    'OpenRouter, an error in a choice',
    200,
    chat(
      { content: null },
      {
        choices: [
          {
            message: { content: null },
            finish_reason: 'error',
            error: { code: 502, metadata: { raw: '{"error":{"code":429,"message":"retry in 1s"}}' } },
          },
        ],
      },
    ),
    { waitS: 1 },
  ),
];
