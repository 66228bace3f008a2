import type { AnswerCase } from './answer-case.ts';
import {
  auth,
  blocked,
  blockedUnknown,
  credits,
  forbidden,
  model,
  quota,
  rateLimit,
  tooLarge,
} from './kinds.ts';

/** Errors of those who make models, as people report them. */
export const MAKERS: readonly AnswerCase[] = [
  model('DeepSeek, model', 400, { error: { message: 'Model Not Exist', type: 'invalid_request_error' } }),
  model('OpenAI, model access', 403, {
    error: {
      message: 'Project `p` does not have access to model `gpt-image-1`',
      type: 'invalid_request_error',
      code: 'model_not_found',
    },
  }),
  model('OpenAI, model', 404, {
    error: {
      message: 'The model `x` does not exist or you do not have access to it.',
      code: 'model_not_found',
    },
  }),
  model('Mistral, invalid model', 400, {
    object: 'error',
    message: 'Invalid model: x',
    type: 'invalid_model',
    param: null,
    code: '1500',
  }),
  model('Anthropic, model', 404, { type: 'error', error: { type: 'not_found_error', message: 'model: x' } }),
  rateLimit('Mistral, capacity', 429, {
    object: 'error',
    message: 'Service tier capacity exceeded for this model.',
    type: 'service_tier_capacity_exceeded',
    code: '3505',
  }),
  credits('DashScope, arrearage', 400, {
    code: 'Arrearage',
    message: 'Access denied, please make sure your account is in good standing.',
  }),
  rateLimit('DashScope, throttling', 429, {
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  }),
  rateLimit('DashScope, throttling 400', 400, {
    code: 'Throttling.AllocationQuota',
    message: 'Allocated quota exceeded, please increase your quota limit.',
  }),
  quota('DashScope, free tier', 403, {
    code: 'AllocationQuota.FreeTierOnly',
    message:
      'The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the "use free tier only" mode in the management console.',
  }),
  auth('DashScope, key', 401, { code: 'InvalidApiKey', message: 'Invalid API-key provided.' }),
  blocked('DashScope, inspection compat', 400, {
    error: {
      message: 'Output data may contain inappropriate content.',
      code: 'data_inspection_failed',
      type: 'data_inspection_failed',
    },
  }),
  credits('Volcengine, overdue', 403, {
    error: {
      message: 'The request failed because your account has an overdue balance.',
      code: 'AccountOverdueError',
      type: 'Forbidden',
    },
  }),
  blocked('Volcengine, sensitive', 400, {
    error: {
      message: 'The request failed because the input image may contain real person.',
      code: 'InputImageSensitiveContentDetected.PrivacyInformation',
      type: 'BadRequest',
    },
  }),
  blocked('Volcengine, sensitive2', 400, {
    error: { message: 'bad', code: 'SensitiveContentDetected.SevereViolation' },
  }),
  model('Volcengine, model', 404, {
    error: {
      message: 'The model or endpoint x does not exist or you do not have access to it.',
      code: 'InvalidEndpointOrModel.NotFound',
      type: 'NotFound',
    },
  }),
  model('Volcengine, not open', 404, {
    error: { message: 'Your account has not activated the model x.', code: 'ModelNotOpen' },
  }),
  credits('Zhipu, overdue', 429, { error: { message: '您的账户已欠费，请充值后重试。', code: '1113' } }),
  model('Zhipu, model', 400, { error: { message: '模型不存在，请检查模型代码。', code: '1211' } }),
  rateLimit('Zhipu, conc', 429, {
    error: { message: '您当前使用该API的并发数过高，请降低并发，或联系客服增加限额。', code: '1302' },
  }),
  rateLimit(
    'Japanese, wait',
    429,
    { error: { message: 'レート制限に達しました。30秒後に再試行してください。' } },
    { waitS: 30 },
  ),
  credits('Moonshot, quota', 429, {
    error: {
      message: 'You exceeded your current token quota: 0, please check your account balance',
      type: 'exceeded_current_quota_error',
    },
  }),
  blocked('Moonshot, risk', 400, {
    error: {
      message: 'The request was rejected because it was considered high risk',
      type: 'content_filter',
    },
  }),
  blockedUnknown('MiniMax, sensitive', 200, {
    id: 'a',
    base_resp: { status_code: 1026, status_msg: 'input new_sensitive' },
  }),
  credits('MiniMax, balance', 200, { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }),
  rateLimit('MiniMax, limit', 200, {
    base_resp: { status_code: 1002, status_msg: 'rate limit exceeded(RPM)' },
  }),
  auth('MiniMax, auth', 200, {
    base_resp: {
      status_code: 1004,
      status_msg:
        "login fail: Please carry the API secret key in the 'Authorization' field of the request header",
    },
  }),
  rateLimit('Baidu, rpm', 200, { error_code: 336501, error_msg: 'Rate limit reached for RPM' }),
  quota('Baidu, daily', 200, { error_code: 17, error_msg: 'Open api daily request limit reached' }),
  auth('Baidu, token', 200, { error_code: 110, error_msg: 'Access token invalid or no longer valid' }),
  auth('xAI, key', 400, {
    code: 'Client specified an invalid argument',
    error: 'Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai.',
  }),
  credits('xAI, credits', 429, {
    code: 'Some resource has been exhausted',
    error:
      'Your team x has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
  }),
  blocked('xAI, moderation', 400, { code: 'x', error: 'Generated image rejected by content moderation.' }),
  forbidden('OpenAI, verify org', 403, {
    error: {
      message:
        'Your organization must be verified to use the model `gpt-image-1`. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.',
    },
  }),
  rateLimit(
    'OpenAI, images per min',
    429,
    {
      error: {
        message:
          'Rate limit reached for gpt-image-1 in organization org-x on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit https://platform.openai.com/account/rate-limits to learn more.',
        type: 'input-images',
        code: 'rate_limit_exceeded',
      },
    },
    { waitS: 12 },
  ),
  tooLarge('OpenAI, too large tpm', 429, {
    error: {
      message:
        'Request too large for gpt-image-1 in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000. The input or output tokens must be reduced in order to run successfully.',
      type: 'tokens',
      code: 'rate_limit_exceeded',
    },
  }),
  blocked('OpenAI, safety', 400, {
    error: {
      message:
        'Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the request ID req_x. safety_violations=[sexual].',
      code: 'moderation_blocked',
    },
  }),
  auth('OpenAI, no key', 401, { error: { message: "You didn't provide an API key." } }),
  credits('Anthropic, credit', 400, {
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message:
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    },
  }),
  quota(
    'Anthropic, usage limits',
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message:
          'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      },
    },
    { waitS: 604800 },
  ),
  quota(
    'Codex, usage limit',
    429,
    {
      error: {
        type: 'usage_limit_reached',
        message: 'The usage limit has been reached',
        plan_type: 'plus',
        resets_at: 1795226502,
        resets_in_seconds: 7302,
      },
    },
    { waitS: 7302 },
  ),
  rateLimit('Cohere, trial', 429, {
    message:
      'You are using a Trial key, which is limited to 10 API calls / minute. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits.',
  }),
  auth('Cohere, token', 401, { message: 'invalid api token' }),
];
