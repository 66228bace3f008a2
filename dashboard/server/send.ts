import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../problem.ts';
import type { Call, Route } from './routes.ts';

/** What the page may load and do: its own files, nothing inline, nothing foreign. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "font-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** An image, or what calls itself one, runs nothing even when it is opened alone. */
const MEDIA_POLICY = "sandbox; default-src 'none'";

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-frame-options': 'DENY',
} as const;

export function pageHeaders(contentType: string): Record<string, string> {
  return { ...COMMON, 'content-type': contentType, 'content-security-policy': PAGE_POLICY };
}

export function mediaHeaders(contentType: string): Record<string, string> {
  return { ...COMMON, 'content-type': contentType, 'content-security-policy': MEDIA_POLICY };
}

/** Answers with JSON, not zipped, since it never leaves this machine; 304 if the reader has this version already. */
export function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  value: unknown,
  etag?: string,
): void {
  const headers: Record<string, string> = {
    ...pageHeaders('application/json; charset=utf-8'),
    'cache-control': etag === undefined ? 'no-store' : 'private, no-cache',
    ...(etag === undefined ? {} : { etag: `"${etag}"` }),
  };
  if (etag !== undefined && request.headers['if-none-match']?.includes(`"${etag}"`)) {
    response.writeHead(304, headers).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(200, { ...headers, 'content-length': String(body.byteLength) });
  response.end(body);
}

/** A route that answers with JSON. */
export function jsonRoute(
  method: Route['method'],
  path: string,
  answerOf: (call: Call) => Promise<unknown>,
): Route {
  return {
    method,
    path,
    answer: async (call) => sendJson(call.request, call.response, await answerOf(call)),
  };
}

/** Answers with what went wrong: a `Problem` in its own words, anything else as an internal error. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = error instanceof Problem;
  const { message, code, doThis, command } = known
    ? error
    : { message: wordsOf(error), code: 'internal', doThis: undefined, command: undefined };
  const body = JSON.stringify({ error: { code, message, doThis, command } });
  response.writeHead(known ? error.status : 500, {
    ...pageHeaders('application/json; charset=utf-8'),
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** Errors of AWS and of the system, as the page shows them. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AccessDeniedException' || error.name === 'AccessDenied') {
    const action = /perform: (\S+)/.exec(error.message)?.[1];
    return `Not permitted${action === undefined ? '' : `: your AWS identity lacks ${action}`}.`;
  }
  if (error.name === 'CredentialsProviderError' || error.name === 'ExpiredTokenException') {
    return 'No valid AWS credentials. Log in (`aws sso login`), then reload.';
  }
  return error.message.replace(/\s*\n\s*/g, ' ').slice(0, 500);
}
