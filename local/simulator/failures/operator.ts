import { htmlAnswer, jsonAnswer } from '../answers/answer.ts';
import { errorInfo, googleError, nested, quotaFailure } from './bodies.ts';
import { type SimulatedFailure, unbilled } from './failure.ts';

/** Failures that only you can fix: rows 1–6 of provider-contract §5. */
export const OPERATOR_FAILURES = {
  'auth-401': unbilled('auth', () =>
    jsonAnswer(401, googleError(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')),
  ),
  'auth-400-array': unbilled('auth', () =>
    jsonAnswer(400, [
      googleError(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        errorInfo('API_KEY_INVALID'),
      ]),
    ]),
  ),
  'credits-402': unbilled('credits', () =>
    jsonAnswer(402, { success: false, error: 'Insufficient credits: top up to continue.' }),
  ),
  'credits-400-korean': unbilled('credits', () =>
    jsonAnswer(400, { detail: '크레딧이 부족합니다. 충전 후 다시 시도해 주세요. (잔액: 0)' }),
  ),
  'credits-403-billing': unbilled('credits', () =>
    jsonAnswer(403, { error: 'Billing is not active: your balance is too low.' }),
  ),
  'forbidden-403': unbilled('forbidden', () =>
    jsonAnswer(403, googleError(403, 'PERMISSION_DENIED', 'The caller does not have permission')),
  ),
  'forbidden-400-precondition': unbilled('forbidden', () =>
    jsonAnswer(
      400,
      googleError(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
    ),
  ),
  'model-404': unbilled('model', ({ message, model }) =>
    jsonAnswer(404, googleError(404, 'NOT_FOUND', message ?? `models/${model} is not found.`)),
  ),
  'model-not-found': unbilled('model', ({ model }) =>
    jsonAnswer(404, {
      error: {
        message: `The model '${model}' does not exist or you do not have access to it.`,
        type: 'invalid_request_error',
        param: null,
        code: 'model_not_found',
      },
    }),
  ),
  'model-no-images': unbilled('model', () =>
    jsonAnswer(400, [googleError(400, 'INVALID_ARGUMENT', 'Multi-modal output is not supported.')]),
  ),
  'address-308': unbilled('address', () =>
    jsonAnswer(308, {}, { location: 'https://api.example.net/v1/chat/completions' }),
  ),
  'address-405': unbilled('address', () => htmlAnswer(405, '405 Not Allowed')),
  'address-404': unbilled('address', () => jsonAnswer(404, { detail: 'Not Found' })),
  'unsupported-param': unbilled('unsupported_param', ({ message }) =>
    jsonAnswer(
      400,
      googleError(
        400,
        'INVALID_ARGUMENT',
        message ?? 'Invalid JSON payload received. Unknown name "image_config": Cannot find field.',
      ),
    ),
  ),
  'quota-per-day': unbilled('quota', ({ model }) =>
    jsonAnswer(
      429,
      googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota, please check your plan.', [
        quotaFailure('GenerateRequestsPerDayPerProjectPerModel', '1000', model),
      ]),
    ),
  ),
  'quota-limit-0': unbilled('quota', ({ model }) =>
    jsonAnswer(
      429,
      nested(
        googleError(
          429,
          'RESOURCE_EXHAUSTED',
          `Quota exceeded for metric: generate_content_requests, limit: 0, model: ${model}`,
        ),
        1,
      ),
    ),
  ),
  'quota-spend-cap': unbilled('quota', () =>
    jsonAnswer(
      429,
      googleError(429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its monthly spending cap.'),
    ),
  ),
} satisfies Record<string, SimulatedFailure>;
