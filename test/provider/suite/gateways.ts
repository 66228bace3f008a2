import type { AnswerCase } from './answer-case.ts';
import {
  auth,
  badRequest,
  blocked,
  blockedUnknown,
  credits,
  forbidden,
  model,
  policy,
  quota,
  rateLimit,
  unsupportedParam,
  upstream,
  upstreamUnknown,
} from './kinds.ts';

/** Errors of gateways and hosts of models, as people report them. */
export const GATEWAYS: readonly AnswerCase[] = [
  credits('OpenRouter, afford', 402, {
    error: {
      message:
        'This request requires more credits, or fewer max_tokens. You requested up to 8192 tokens, but can only afford 1045.',
      code: 402,
    },
  }),
  rateLimit('OpenRouter, upstream limited', 429, {
    error: {
      message: 'Provider returned error',
      code: 429,
      metadata: {
        raw: 'google/x is temporarily rate-limited upstream. Please retry shortly, or add your own key to accumulate your rate limits: https://openrouter.ai/settings/integrations',
        provider_name: 'Google',
      },
    },
  }),
  quota(
    'OpenRouter, free per day',
    429,
    {
      error: {
        message:
          'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day',
        code: 429,
        metadata: {
          headers: {
            'X-RateLimit-Limit': '50',
            'X-RateLimit-Remaining': '0',
            'X-RateLimit-Reset': '1795237200000',
          },
        },
      },
    },
    { waitS: 18000 },
  ),
  model('OpenRouter, bad model', 400, {
    error: { message: 'google/gemini-x is not a valid model ID', code: 400 },
    user_id: 'u',
  }),
  quota('OpenRouter, key limit', 403, {
    error: {
      message: 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys',
      code: 403,
    },
  }),
  quota('OpenRouter, key limit daily', 403, {
    error: {
      message: 'Key limit exceeded (daily limit). Manage it using https://openrouter.ai/settings/keys',
      code: 403,
    },
  }),
  model('OpenRouter, data policy', 404, {
    error: {
      message:
        'No endpoints found matching your data policy (Free model publication). Configure: https://openrouter.ai/settings/privacy',
      code: 404,
    },
  }),
  model('OpenRouter, modality', 404, {
    error: {
      message: 'No endpoints found that support the requested output modalities: image, text',
      code: 404,
    },
  }),
  badRequest('OpenRouter, raw 400', 400, {
    error: {
      message: 'Provider returned error',
      code: 400,
      metadata: {
        raw: '{\n  "error": {\n    "code": 400,\n    "message": "Unable to process input image.",\n    "status": "INVALID_ARGUMENT"\n  }\n}\n',
        provider_name: 'Google',
      },
    },
  }),
  auth('OpenRouter, raw bytes', 403, {
    error: {
      message: 'Provider returned error',
      code: 403,
      metadata: {
        raw: '{"error":{"code":403,"message":"Your API key was reported as leaked. Please use another API key.","status":"PERMISSION_DENIED"}}',
      },
    },
  }),
  rateLimit('LiteLLM, bytes', 400, {
    error: {
      message:
        'litellm.BadRequestError: VertexAIException BadRequestError - b\'{"error": {"code": 429, "message": "Resource exhausted", "status": "RESOURCE_EXHAUSTED"}}\'',
      code: '400',
    },
  }),
  rateLimit(
    'LiteLLM, cooldown',
    429,
    {
      error: {
        message:
          "litellm.RateLimitError: No deployments available for selected model, Try again in 5 seconds. Passed model=x. pre-call-checks=False, cooldown_list=[('a', {'x': 1})]",
        type: 'None',
        code: '429',
      },
    },
    { waitS: 5 },
  ),
  auth('LiteLLM, token', 401, {
    error: {
      message:
        'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...ABCD, Unable to find token in cache',
      type: 'token_not_found_in_db',
      code: '401',
    },
  }),
  model('LiteLLM, model name', 400, {
    error: {
      message:
        '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models for your key.',
      type: 'invalid_request_error',
      code: '400',
    },
  }),
  quota('LiteLLM, token budget', 401, {
    error: {
      message:
        'Authentication Error, ExceededTokenBudget: Current spend for token: 7.2e-05; Max Budget for Token: 2e-07',
      type: 'auth_error',
      code: 401,
    },
  }),
  unsupportedParam('LiteLLM, unsupported', 400, {
    error: {
      message:
        "litellm.UnsupportedParamsError: vertex_ai does not support parameters: {'foo': 1}, for model=x. To drop these, set `litellm.drop_params=True`",
      type: 'None',
      code: '400',
    },
  }),
  forbidden('LiteLLM, key access', 401, {
    error: {
      message:
        "key not allowed to access model. This key can only access models=['x']. Tried to access gemini",
      type: 'key_model_access_denied',
      param: 'model',
      code: '401',
    },
  }),
  policy('LiteLLM, policy', 400, {
    error: {
      message: 'litellm.ContentPolicyViolationError: litellm.BadRequestError: x',
      type: null,
      code: '400',
    },
  }),
  badRequest('LiteLLM, ctx', 400, { error: { message: 'litellm.ContextWindowExceededError: x' } }),
  upstream('LiteLLM, svc', 503, {
    error: {
      message:
        'litellm.ServiceUnavailableError: VertexAIException - {"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}',
      code: '503',
    },
  }),
  upstreamUnknown(
    'LiteLLM, midstream',
    200,
    'data: {"error":{"message":"litellm.MidStreamFallbackError: litellm.ServiceUnavailableError","type":null,"param":null,"code":"503"}}\n\ndata: [DONE]\n\n',
  ),
  model('vLLM, model', 404, {
    object: 'error',
    message: 'The model `x` does not exist.',
    type: 'NotFoundError',
    param: null,
    code: 404,
  }),
  badRequest('vLLM, ctx', 400, {
    object: 'error',
    message: "This model's maximum context length is 4096 tokens.",
    type: 'BadRequestError',
    param: null,
    code: 400,
  }),
  unsupportedParam('vLLM, extra', 400, {
    object: 'error',
    message:
      "[{'type': 'extra_forbidden', 'loc': ('body', 'image_config'), 'msg': 'Extra inputs are not permitted', 'input': 1}]",
    type: 'BadRequestError',
    code: 400,
  }),
  auth('vLLM, unauthorized', 401, { error: 'Unauthorized' }),
  model('vLLM, 200', 200, {
    object: 'error',
    message: 'The model `x` does not exist.',
    type: 'NotFoundError',
    code: 404,
  }),
  model('Ollama, model', 404, { error: "model 'x' not found, try pulling it first" }),
  model('Ollama, model api', 404, {
    error: { message: 'model "x" not found, try pulling it first', type: 'api_error' },
  }),
  model('LM Studio', 404, {
    error: {
      message: 'No models loaded. Please load a model in the developer page',
      type: 'invalid_request_error',
      code: 'model_not_found',
    },
  }),
  model('Copilot, model', 400, {
    error: { message: 'The requested model is not supported.', code: 'model_not_supported', param: 'model' },
  }),
  model('Groq, decommissioned', 400, {
    error: {
      message: 'The model `x` has been decommissioned and is no longer supported.',
      type: 'invalid_request_error',
      code: 'model_decommissioned',
    },
  }),
  model('Together, model', 404, {
    id: 'a',
    error: {
      message:
        'Unable to access model x. Please visit https://api.together.ai/models to view the list of supported models.',
      type: 'invalid_request_error',
      code: 'model_not_available',
    },
  }),
  quota(
    'Groq, rpd',
    429,
    {
      error: {
        message:
          'Rate limit reached for model `x` in organization `o` on requests per day (RPD): Limit 1000, Used 1000, Requested 1. Please try again in 1m26.4s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
        type: 'requests',
        code: 'rate_limit_exceeded',
      },
    },
    { waitS: 86.4 },
  ),
  upstream('Groq, 498', 498, {
    error: { message: 'capacity exceeded for service_tier flex', code: 'capacity_exceeded' },
  }),
  rateLimit('Together, limit', 429, {
    id: 'a',
    error: {
      message:
        'You have reached the rate limit specific to this model x. The maximum rate limit for this model is 6.0 queries per minute.',
      type: 'model_rate_limit',
      code: null,
    },
  }),
  blocked('Together, nsfw', 422, {
    error: {
      message: 'NSFW content detected. Please modify your prompt.',
      type: 'invalid_request_error',
      code: null,
    },
  }),
  policy('fal, policy', 422, {
    detail: [
      {
        loc: ['body', 'prompt'],
        msg: 'The content could not be processed because it contained material flagged by a content checker.',
        type: 'content_policy_violation',
        input: { prompt: 'x' },
      },
    ],
  }),
  credits('fal, balance', 403, {
    detail: 'User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.',
  }),
  credits('Replicate, credit', 402, {
    title: 'Insufficient credit',
    detail: 'You have insufficient credit to run this model.',
    status: 402,
  }),
  rateLimit(
    'Replicate, throttled',
    429,
    { detail: 'Request was throttled. Your rate limit resets in ~2s.', status: 429, title: 'x' },
    { waitS: 2 },
  ),
  rateLimit(
    'Django REST framework, throttled',
    429,
    { detail: 'Request was throttled. Expected available in 45 seconds.' },
    { waitS: 45 },
  ),
  blockedUnknown('Replicate, failed', 200, {
    id: 'a',
    status: 'failed',
    error: 'NSFW content detected. Try running it again, or try a different prompt.',
    output: null,
  }),
  blockedUnknown('Replicate, sensitive', 200, {
    id: 'a',
    status: 'failed',
    error: 'The input or output was flagged as sensitive. Please try again with different inputs. (E005)',
  }),
  credits('Stability, payment', 402, {
    id: 'a',
    name: 'payment_required',
    errors: ['You lack sufficient credits to make this request.'],
  }),
  blocked('Stability, v1 prompts', 400, {
    id: 'a',
    name: 'invalid_prompts',
    message: 'Invalid prompts detected',
  }),
  auth('Stability, unauth', 401, { name: 'unauthorized', message: 'missing authorization header' }),
  upstream(
    'Hugging Face, loading',
    503,
    { error: 'Model x is currently loading', estimated_time: 20 },
    { waitS: 20 },
  ),
  credits('Hugging Face, credits', 402, {
    error: 'You have exceeded your monthly included credits for Inference Providers.',
  }),
  forbidden('Fireworks, suspended', 412, {
    error: {
      object: 'error',
      type: 'invalid_request_error',
      code: 'ACCOUNT_SUSPENDED',
      message:
        'Account x is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.',
    },
  }),
  credits('New API, quota zh', 403, {
    error: { message: '用户额度不足, 剩余额度: ＄0.01 (request id: 2024)', type: 'new_api_error', code: '' },
  }),
  credits('New API, token', 401, {
    error: { message: '该令牌额度已用尽 TokenStatusExhausted[sk-abc***xyz]', type: 'new_api_error' },
  }),
  credits('New API, preconsume', 403, {
    error: {
      message: 'token quota is not enough, token remain quota: 0.01',
      type: 'new_api_error',
      code: 'pre_consume_token_quota_failed',
    },
  }),
  model('New API, no channel', 503, {
    error: {
      message: '当前分组 default 下对于模型 x 无可用渠道',
      type: 'new_api_error',
      code: 'model_not_found',
    },
  }),
  rateLimit('New API, saturated', 429, {
    error: { message: '当前分组上游负载已饱和，请稍后再试', type: 'new_api_error' },
  }),
  rateLimit(
    'New API, user wait zh',
    429,
    { error: { message: '请求过于频繁，请在 30 秒后重试' } },
    { waitS: 30 },
  ),
  blocked('Portkey, 446', 446, {
    error: { message: 'The guardrail checks defined in the config failed.', type: 'hooks_failed' },
    hook_results: {},
  }),
  badRequest('Portkey, fail', 400, {
    status: 'failure',
    message: 'Either x-portkey-config or x-portkey-provider header is required',
  }),
];
