import { type AnswerCase, error, google, page } from './answer-case.ts';
import { address, auth, blocked, credits, forbidden, model, policy } from './kinds.ts';

const reason = (reason: string) => [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason }];

/** Refusals of one prompt, of a key, of an account, of a model, and of the address: nothing is billed, each is one call. */
export const REFUSALS: readonly AnswerCase[] = [
  blocked('OpenRouter, flagged input', 403, {
    error: { code: 403, message: 'Input was flagged', metadata: { reasons: ['violence'] } },
  }),
  blocked(
    'OpenRouter, in a sentence',
    403,
    error('Your chosen model requires moderation and your input was flagged for "sexual".', { code: 403 }),
  ),
  blocked(
    'OpenAI images, moderation_blocked',
    400,
    error('Your request was rejected.', { type: 'image_generation_user_error', code: 'moderation_blocked' }),
  ),
  blocked(
    'OpenAI, safety system',
    400,
    error('Your request was rejected as a result of our safety system.', { code: null }),
  ),
  blocked(
    'Azure, content_filter',
    400,
    error('The response was filtered.', {
      code: 'content_filter',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    }),
  ),
  blocked(
    'Azure, a filter result alone',
    400,
    error('Bad request', { innererror: { content_filter_result: { hate: { filtered: true } } } }),
  ),
  blocked(
    'Google, PROHIBITED_CONTENT',
    400,
    google(400, 'INVALID_ARGUMENT', 'Blocked.', reason('PROHIBITED_CONTENT')),
  ),
  blocked('Google, SAFETY as 403', 403, google(403, 'PERMISSION_DENIED', 'Blocked.', reason('SAFETY'))),
  blocked(
    'Vertex, sensitive words',
    400,
    google(
      400,
      'INVALID_ARGUMENT',
      "The prompt contains sensitive words that violate Google's Responsible AI practices.",
    ),
  ),
  blocked('Anthropic, content filtering', 400, error('Output blocked by content filtering policy')),
  blocked('Stability, content_moderation', 403, {
    name: 'content_moderation',
    errors: ['Your request was flagged by our content moderation system.'],
  }),
  blocked('Bedrock, guardrail', 400, { message: 'The guardrail intervened.' }),
  blocked('Alibaba, DataInspectionFailed', 400, {
    code: 'DataInspectionFailed',
    message: 'Input data may contain inappropriate content.',
  }),
  blocked('one-api, sensitive_words_detected', 500, error('bad', { code: 'sensitive_words_detected' })),
  blocked('BytePlus', 400, error('bad', { code: 'InputTextSensitiveContentDetected' })),
  blocked('Zhipu, in Chinese', 400, error('系统检测到输入或生成内容可能包含不安全或敏感内容')),
  blocked('in Korean', 400, { detail: '부적절한 내용이 포함되어 있습니다.' }),
  policy('LiteLLM, ContentPolicyViolationError', 400, error('x', { type: 'ContentPolicyViolationError' })),
  policy('content_policy_violation as 403', 403, error('x', { code: 'content_policy_violation' })),
  policy('451', 451, error('Unavailable for legal reasons')),
  auth('401', 401, error('Incorrect API key provided')),
  auth('401 as a page', 401, page('401 Authorization Required')),
  auth(
    'Google, API_KEY_INVALID as 400',
    400,
    google(400, 'INVALID_ARGUMENT', 'Bad.', reason('API_KEY_INVALID')),
  ),
  auth('an expired key as 403', 403, error('API key expired. Please renew the API key.')),
  auth('OpenRouter, no credentials', 401, error('No auth credentials found', { code: 401 })),
  auth('gRPC gateway, 16', 500, { code: 16, message: 'no token', details: [] }),
  credits('402', 402, ''),
  credits('DeepSeek', 402, error('Insufficient Balance')),
  credits('OpenAI, insufficient_quota', 429, error('You exceeded it.', { code: 'insufficient_quota' })),
  credits('as 403', 403, error('Insufficient credits')),
  credits('in Korean', 400, { detail: '크레딧이 부족합니다. 충전해 주세요.' }),
  credits('a 429 without a wait that names the balance', 429, error('Your credit balance is too low')),
  credits('billing_hard_limit_reached', 400, error('x', { code: 'billing_hard_limit_reached' })),
  forbidden('403', 403, google(403, 'PERMISSION_DENIED', 'The caller does not have permission')),
  forbidden(
    'a region',
    400,
    google(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  ),
  forbidden('Cloudflare, blocked', 403, page('Attention Required! | Cloudflare')),
  forbidden('AWS WAF', 403, page('403 Forbidden')),
  forbidden(
    'an account that is suspended',
    403,
    error('Your account was suspended for violating our content policy.'),
  ),
  forbidden('API Gateway', 403, { message: 'Forbidden' }),
  model('Google, NOT_FOUND', 404, google(404, 'NOT_FOUND', 'models/x is not found for API version v1beta')),
  model('OpenAI, model_not_found', 404, error('The model `x` does not exist', { code: 'model_not_found' })),
  model(
    'Azure, DeploymentNotFound',
    404,
    error('The API deployment does not exist.', { code: 'DeploymentNotFound' }),
  ),
  model('OpenRouter, no endpoints', 404, error('No endpoints found for this model', { code: 404 })),
  model('no images', 400, google(400, 'INVALID_ARGUMENT', 'Multi-modal output is not supported.')),
  address('308', 308, '', {
    headers: { location: 'https://api.example.net/v1/chat/completions' },
    hint: /set PRESSRUN_PROVIDER_URL to https:\/\/api\.example\.net\/v1, if the key may go there/,
  }),
  address('302 to a login page', 302, '', {
    headers: { location: '/login?next=secret' },
    hint: /it redirects to http:\/\/127\.0\.0\.1:\d+\/login$/,
  }),
  address('304', 304, ''),
  address(
    'FastAPI, Not Found',
    404,
    { detail: 'Not Found' },
    { hint: /nothing takes chat completions at http/ },
  ),
  address('nginx, 404', 404, page('404 Not Found')),
  address('404 without a body', 404, ''),
  address('Express', 404, 'Cannot POST /v1beta/openai/chat/completions'),
  address('Kong', 404, { message: 'no Route matched with those values' }),
  address(
    'OpenAI, invalid URL',
    404,
    error('Invalid URL (POST /v1/chat/completion)', { type: 'invalid_request_error' }),
  ),
  address('Azure, resource', 404, error('Resource not found', { code: '404' })),
  address('Spring', 404, { timestamp: 1, status: 404, error: 'Not Found', path: '/v1' }),
  address('API Gateway, a path that is none', 403, { message: 'Missing Authentication Token' }),
  address('nginx, http to an https port', 400, page('400 The plain HTTP request was sent to HTTPS port'), {
    hint: /set PRESSRUN_PROVIDER_URL to https:\/\/127\.0\.0\.1:\d+\/v1beta\/openai$/,
  }),
  address('405', 405, { detail: 'Method Not Allowed' }),
  address('405 as a page', 405, page('405 Not Allowed')),
  address('406', 406, ''),
  address('407', 407, '', { hint: /HTTPS_PROXY/ }),
  address('411', 411, page('411 Length Required')),
  address('421', 421, ''),
  address('426', 426, '', { hint: /set PRESSRUN_PROVIDER_URL to https/ }),
  address('400 as a page', 400, page('Bad Request')),
];
