import type { FailureAnswer } from '../../../api/stage.ts';

/** A request that failed, in the server's words. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly failure: FailureAnswer;

  constructor(failure: FailureAnswer) {
    super(failure.message);
    this.failure = failure;
  }
}

export async function getJson<Value>(path: string, signal?: AbortSignal): Promise<Value> {
  return await request<Value>(path, signal === undefined ? {} : { signal });
}

export async function requestJson<Value>(
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<Value> {
  return await request<Value>(path, {
    method,
    headers: { 'content-type': 'application/json', 'x-pressrun': '1' },
    body: JSON.stringify(body),
  });
}

export async function sendFile<Value>(path: string, file: Blob): Promise<Value> {
  return await request<Value>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-pressrun': '1' },
    body: file,
  });
}

async function request<Value>(path: string, init: RequestInit): Promise<Value> {
  const response = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiError({
      code: 'server_gone',
      message: 'The dashboard does not answer.',
      doThis: 'If `pressrun dashboard` has ended, start it again.',
    });
  });
  const value: unknown = await response.json().catch(() => undefined);
  if (response.ok) return value as Value;
  throw new ApiError(failureOf(value, response.status));
}

function failureOf(value: unknown, status: number): FailureAnswer {
  if (typeof value === 'object' && value !== null && 'error' in value) return value.error as FailureAnswer;
  return { code: 'unknown', message: `The dashboard answered with ${status}.` };
}

/** What went wrong, in words. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const { message, doThis } = error.failure;
  return doThis === undefined ? message : `${message} ${doThis}`;
}
