import type { ErrorAnswer } from './error-answer.ts';
import { PLAIN_HTTP_WORDS } from './error-words.ts';

const PATH = /\/chat\/completions\/?$/;

/**
 * What to do about an address that takes no chat completions: its redirect, or `https`. The key went nowhere else; links
 * lose their query, which may hold a token.
 */
export function addressHint(
  answer: Pick<ErrorAnswer, 'url' | 'headers' | 'status' | 'page' | 'facts'>,
): string | undefined {
  const { url, status } = answer;
  if (url === undefined) return undefined;
  if (status === 407) return 'correct the user and password in HTTPS_PROXY';
  const target = redirectOf(answer, url);
  const asked = `${url.origin}${url.pathname}`;
  if (target !== undefined) return redirectHint(url, target);
  const saysHttps = PLAIN_HTTP_WORDS.test(`${answer.facts.message} ${answer.page}`) || status === 426;
  if (url.protocol === 'http:' && (saysHttps || status === 497)) {
    return `set PRESSRUN_PROVIDER_URL to ${baseOf(new URL(asked.replace('http:', 'https:')))}`;
  }
  return `correct PRESSRUN_PROVIDER_URL: nothing takes chat completions at ${asked}`;
}

function redirectOf({ headers, status }: Pick<ErrorAnswer, 'headers' | 'status'>, url: URL) {
  const { location } = headers;
  if (status < 300 || status >= 400 || typeof location !== 'string') return undefined;
  return URL.parse(location, url.href) ?? undefined;
}

function redirectHint(from: URL, to: URL): string {
  const isSameHost = to.hostname === from.hostname;
  const target = `${to.origin}${to.pathname}`.slice(0, 200);
  if (!PATH.test(to.pathname)) return `correct PRESSRUN_PROVIDER_URL: it redirects to ${target}`;
  const then = isSameHost ? '' : ', if the key may go there';
  return `set PRESSRUN_PROVIDER_URL to ${baseOf(to)}${then}`;
}

function baseOf(url: URL): string {
  return `${url.origin}${url.pathname.replace(PATH, '')}`.slice(0, 200);
}
