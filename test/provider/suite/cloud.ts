import type { AnswerCase } from './answer-case.ts';
import {
  address,
  auth,
  badRequest,
  blocked,
  blockedUnknown,
  credits,
  forbidden,
  model,
  quota,
  rateLimit,
  timeoutUnknown,
  upstream,
} from './kinds.ts';

/** Errors of clouds and of the gateways that they sell, as people report them. */
export const CLOUD: readonly AnswerCase[] = [
  rateLimit(
    'Azure, token rate',
    429,
    {
      error: {
        message:
          'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 17 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
        code: '429',
      },
    },
    { waitS: 17 },
  ),
  auth('Azure, 401', 401, {
    error: {
      message:
        'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
      code: '401',
    },
  }),
  blocked('Azure, contentFilter', 400, {
    error: {
      code: 'contentFilter',
      message: 'Your task failed as a result of our safety system.',
      inner_error: { code: 'ResponsibleAIPolicyViolation' },
    },
  }),
  rateLimit(
    'Azure API Management, rate',
    429,
    { statusCode: 429, message: 'Rate limit is exceeded. Try again in 7 seconds.' },
    { waitS: 7 },
  ),
  quota(
    'Azure API Management, quota',
    403,
    { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 2.12:31:07.' },
    { waitS: 217867 },
  ),
  quota(
    'Azure API Management, quota hours',
    403,
    { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 12:31:07.' },
    { waitS: 45067 },
  ),
  address('Azure API Management, 404', 404, { statusCode: 404, message: 'Resource not found' }),
  auth('Azure API Management, missing key', 401, {
    statusCode: 401,
    message: 'Access denied due to missing subscription key.',
  }),
  model('Azure, op not supported', 400, {
    error: {
      message:
        'The chatCompletion operation does not work with the specified model, dall-e-3. Please choose different model and try again.',
      code: 'OperationNotSupported',
    },
  }),
  model('GitHub Models, models unknown', 400, {
    error: { message: 'Unknown model: x', code: 'unknown_model', details: 'Unknown model: x' },
  }),
  forbidden('Azure, private', 403, {
    error: { message: 'Public access is disabled. Please configure private endpoint.', code: '403' },
  }),
  blocked('Azure, jailbreak', 400, {
    error: {
      message: 'x',
      code: 'content_filter',
      innererror: {
        code: 'ResponsibleAIPolicyViolation',
        content_filter_result: { jailbreak: { filtered: true, detected: true } },
      },
    },
  }),
  blocked('Azure, filter casing', 400, {
    Error: { Message: 'x', InnerError: { ContentFilterResult: { Hate: { Filtered: true } } } },
  }),
  rateLimit('Vertex AI, 429', 429, {
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message:
        'Resource exhausted. Please try again later. Please refer to https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429 for more details.',
      details: [],
    },
  }),
  rateLimit('Vertex AI, per minute', 429, {
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message:
        'Quota exceeded for aiplatform.googleapis.com/generate_content_requests_per_minute_per_project_per_base_model with base model: gemini. Please submit a quota increase request.',
      details: [],
    },
  }),
  quota(
    'Gemini, free limit 0',
    429,
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your current quota, please check your plan and billing details. For more information on this error, head over to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/usage?tab=rate-limit. \n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro-image\nPlease retry in 38.2s.',
        details: [],
      },
    },
    { waitS: 38.2 },
  ),
  rateLimit(
    'Gemini, free per minute',
    429,
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message:
          'You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: x/generate_content_free_tier_requests, limit: 15\nPlease retry in 12.1s.',
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier' }] }],
      },
    },
    { waitS: 12.1 },
  ),
  credits('Gemini, depleted', 429, {
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message:
        'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing.',
      details: [],
    },
  }),
  quota('Gemini, spend cap', 429, {
    error: {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
      message:
        'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap.',
      details: [],
    },
  }),
  forbidden('Google, a service that is disabled', 403, {
    error: {
      code: 403,
      status: 'PERMISSION_DENIED',
      message:
        'Generative Language API has not been used in project 1 before or it is disabled. Enable it by visiting https://x then retry.',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
    },
  }),
  credits('Google, billing, disabled', 403, {
    error: {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: 'This API method requires billing to be enabled. Please enable billing on project #1.',
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'BILLING_DISABLED' }],
    },
  }),
  auth('Google, leaked, key', 403, {
    error: {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: 'Your API key was reported as leaked. Please use another API key.',
      details: [],
    },
  }),
  forbidden('Google, consumer, suspended', 403, {
    error: {
      code: 403,
      status: 'PERMISSION_DENIED',
      message: "Permission denied: Consumer 'api_key:AIza' has been suspended.",
      details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'CONSUMER_SUSPENDED' }],
    },
  }),
  forbidden('Google, country', 400, {
    error: {
      code: 400,
      status: 'FAILED_PRECONDITION',
      message: 'Image generation is not available in your country.',
      details: [],
    },
  }),
  timeoutUnknown('Google, cancelled', 499, {
    error: { code: 499, status: 'CANCELLED', message: 'The operation was cancelled.', details: [] },
  }),
  badRequest('Google, bad, input image', 400, {
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'Unable to process input image. Please retry or report in https://x',
      details: [],
    },
  }),
  auth('Google, access, token', 401, {
    error: {
      code: 401,
      status: 'UNAUTHENTICATED',
      message:
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'ACCESS_TOKEN_TYPE_UNSUPPORTED' },
      ],
    },
  }),
  model('Gemini, not chat', 400, {
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'This model only supports text output.',
      details: [],
    },
  }),
  model('Gemini, modalities', 400, {
    error: {
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: 'Model does not support the requested response modalities: text,image',
      details: [],
    },
  }),
  rateLimit(
    'Bedrock, throttle header',
    429,
    { message: 'Too many requests, please wait before trying again.' },
    { headers: { 'x-amzn-errortype': 'ThrottlingException' } },
  ),
  rateLimit(
    'Bedrock, throttle 400 header',
    400,
    { message: 'Rate exceeded' },
    {
      headers: {
        'x-amzn-errortype':
          'ThrottlingException:http://internal.amazon.com/coral/com.amazon.coral.availability/',
      },
    },
  ),
  rateLimit('AWS, __type throttle', 400, {
    __type: 'com.amazon.coral.availability#ThrottlingException',
    message: 'Rate exceeded',
  }),
  auth('AWS, token expired', 403, { message: 'The security token included in the request is expired' }),
  auth('AWS, unrecognized', 400, {
    __type: 'com.amazon.coral.service#UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  }),
  forbidden('AWS, access denied', 403, {
    Message:
      'User: arn:aws:iam::1:user/x is not authorized to perform: bedrock:InvokeModel on resource: y because no identity-based policy allows the action',
  }),
  forbidden('AWS, access denied type', 400, { __type: 'AccessDeniedException', Message: 'no' }),
  forbidden('Bedrock, model access', 403, {
    message: "You don't have access to the model with the specified model ID.",
  }),
  model('Bedrock, validation model', 400, { message: 'The provided model identifier is invalid.' }),
  upstream('Bedrock, 424', 424, {
    message: 'The system encountered an unexpected error during processing. Try your request again.',
    originalStatusCode: 500,
  }),
  blockedUnknown('Bedrock, titan blocked', 200, {
    images: [],
    error: 'The generated image(s) has been blocked by our content filters.',
  }),
  blocked('Bedrock, titan blocked 400', 400, {
    message:
      'This request has been blocked by our content filters. Our filters automatically flagged this prompt because it may conflict our AUP or AWS Responsible AI Policy.',
  }),
  blockedUnknown('Bedrock, stability filter', 200, {
    seeds: [1],
    finish_reasons: ['Filter reason: prompt'],
    images: [],
  }),
  quota('Bedrock, daily tokens', 429, {
    message: 'Too many tokens per day, please wait before trying again.',
  }),
  rateLimit('Cloudflare, gateway limited', 429, {
    success: false,
    result: [],
    messages: [],
    error: [{ code: 2003, message: 'Rate limited' }],
  }),
  blocked('Cloudflare, gateway guard', 424, {
    success: false,
    result: [],
    messages: [],
    error: [{ code: 2016, message: 'Prompt blocked due to security configurations' }],
  }),
  blocked('Workers AI, ai nsfw', 400, {
    errors: [{ message: 'AiError: AiError: Input prompt contains NSFW content. (1c)', code: 3030 }],
    success: false,
    result: {},
    messages: [],
  }),
  quota('Workers AI, ai daily', 429, {
    errors: [
      {
        message:
          "you have used up your daily free allocation of 10,000 neurons, please upgrade to Cloudflare's Workers Paid plan",
        code: 4006,
      },
    ],
    success: false,
  }),
  auth('Cloudflare, auth', 403, {
    success: false,
    errors: [{ code: 10000, message: 'Authentication error' }],
  }),
  badRequest('Cloudflare, auth 400', 400, {
    success: false,
    errors: [
      {
        code: 6003,
        message: 'Invalid request headers',
        error_chain: [{ code: 6111, message: 'Invalid format for Authorization header' }],
      },
    ],
  }),
  rateLimit('Tencent', 200, {
    Response: { Error: { Code: 'LimitExceeded', Message: 'too many requests' }, RequestId: 'a' },
  }),
  auth('Tencent, auth', 200, {
    Response: {
      Error: {
        Code: 'AuthFailure.SignatureFailure',
        Message: 'The provided credentials could not be validated.',
      },
      RequestId: 'a',
    },
  }),
  rateLimit('Apigee, quota', 429, {
    fault: {
      faultstring: 'Rate limit quota violation. Quota limit  exceeded. Identifier : x',
      detail: { errorcode: 'policies.ratelimit.QuotaViolation' },
    },
  }),
  rateLimit('Apigee, spike 500', 500, {
    fault: {
      faultstring: 'Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=10}',
      detail: { errorcode: 'policies.ratelimit.SpikeArrestViolation' },
    },
  }),
  auth('Apigee, key', 401, {
    fault: { faultstring: 'Invalid ApiKey', detail: { errorcode: 'oauth.v2.InvalidApiKey' } },
  }),
  rateLimit('WSO2', 429, {
    fault: {
      code: 900803,
      message: 'Message throttled out',
      description: 'You have exceeded your quota.',
      nextAccessTime: '2026-Nov-21 00:01:00+0000 UTC',
    },
  }),
  rateLimit('Databricks, limit', 429, {
    error_code: 'REQUEST_LIMIT_EXCEEDED',
    message: 'Exceeded workspace output tokens per minute rate limit',
  }),
  auth('Databricks, token', 403, { error_code: 403, message: 'Invalid access token.' }),
  model('Databricks, endpoint', 404, {
    error_code: 'RESOURCE_DOES_NOT_EXIST',
    message:
      'The given endpoint does not exist, please retry after checking the specified model and version deployment exists.',
  }),
  forbidden('Envoy, rbac', 403, 'RBAC: access denied'),
  auth('Envoy, jwt', 401, 'Jwt is expired'),
  upstream('Envoy, no healthy', 503, 'no healthy upstream'),
];
