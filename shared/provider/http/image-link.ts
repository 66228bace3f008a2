import type { AnswerMemory } from '../types.ts';
import { type Countdown, startCountdown } from './deadline.ts';
import { type AddressRule, createGuardedLookup, isForbiddenLiteral } from './guarded-lookup.ts';
import { exchange, type HttpOutcome } from './http-exchange.ts';
import { proxyFor } from './proxy.ts';
import type { ProxySettings } from './proxy-settings.ts';
import { isAllowedHost } from './public-address.ts';

/** `refused`: by a rule, without a request; `host` may be allowed. `failed`: it was tried. */
type FetchedLink =
  | { readonly kind: 'fetched'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly problem: string; readonly host?: string }
  | { readonly kind: 'failed'; readonly problem: string };

/** The bytes are kept in the given memory. */
export type FetchLink = (url: string, memory?: AnswerMemory) => Promise<FetchedLink>;

export interface LinkOptions extends AddressRule {
  /** Allowed names; `*.core.today` includes all below it. */
  readonly hosts: readonly string[];
  readonly maxBytes: number;
  /** For one link with its redirects and retry. */
  readonly timeoutMs: number;
  /** Certificates to trust instead of the machine's own. */
  readonly ca?: string;
  readonly proxies?: ProxySettings;
}

const MOST_REDIRECTS = 3;
const CONNECT_TIMEOUT_MS = 10_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** A linked image was paid for, so a failed fetch is retried. */
const TRIES = 2;

/**
 * Fetches a linked image (contract §2): https, allowed hosts, public addresses, at most 3 redirects, no credentials, up to
 * a size. Checks the address as it connects, so a name can't change its mind; behind a proxy, what we know of the name.
 */
export function createLinkFetch(options: LinkOptions): FetchLink {
  return async (url, memory) => {
    // One timeout over all tries and redirects, so that a hostile response can't hold a call.
    const countdown = startCountdown(options.timeoutMs);
    let fetched: FetchedLink = { kind: 'failed', problem: 'it was not tried' };
    try {
      for (let tries = 0; tries < TRIES; tries += 1) {
        fetched = await follow(url, { ...options, countdown, memory }, MOST_REDIRECTS);
        if (fetched.kind !== 'failed') break;
      }
    } finally {
      countdown.clear();
    }
    return fetched;
  };
}

type Following = LinkOptions & {
  readonly countdown: Countdown;
  readonly memory: AnswerMemory | undefined;
};

async function follow(link: string, options: Following, redirectsLeft: number): Promise<FetchedLink> {
  const url = URL.parse(link);
  const forbidden = ruleAgainst(url, options);
  if (url === null || forbidden !== undefined) return forbidden ?? NO_URL;

  const chunks: Buffer[] = [];
  const guard = createGuardedLookup(options);
  const proxy = options.proxies && proxyFor(url, options.proxies);
  if (proxy !== undefined) await guard.lookAt(url.hostname);
  if (guard.refusedAddress()) return notPublic(url);
  const outcome = await exchange({
    method: 'GET',
    url,
    headers: { accept: 'image/*' },
    countdown: options.countdown,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBytes: options.maxBytes,
    lookup: guard.lookup,
    ...(options.memory !== undefined && { memory: options.memory }),
    ...(proxy !== undefined && { proxy }),
    ...(options.ca !== undefined && { ca: options.ca }),
    onChunk: (chunk) => chunks.push(Buffer.from(chunk)),
  });
  if (guard.refusedAddress()) return notPublic(url);

  const next = redirectOf(outcome, url);
  if (next === undefined) return resultOf(outcome, chunks);
  if (redirectsLeft === 0) return { kind: 'refused', problem: `more than ${MOST_REDIRECTS} redirects` };
  return follow(next, options, redirectsLeft - 1);
}

function notPublic({ hostname }: URL): FetchedLink {
  return { kind: 'refused', problem: `${hostname} has no public address` };
}

const NO_URL: FetchedLink = { kind: 'refused', problem: 'it is no URL' };

function ruleAgainst(url: URL | null, options: LinkOptions): FetchedLink | undefined {
  if (url === null) return NO_URL;
  if (url.protocol !== 'https:') return { kind: 'refused', problem: 'it is not https' };
  if (url.username !== '' || url.password !== '') {
    return { kind: 'refused', problem: 'it carries credentials' };
  }
  if (isForbiddenLiteral(url, options)) {
    return { kind: 'refused', problem: `${url.hostname} is not a public address` };
  }
  if (isAllowedHost(url.hostname, options.hosts)) return undefined;
  const host = url.hostname.slice(0, 100);
  return { kind: 'refused', problem: `${host} is not an allowed host`, host };
}

function redirectOf(outcome: HttpOutcome, from: URL): string | undefined {
  const { head } = outcome;
  if (head === undefined || !REDIRECTS.has(head.status) || head.headers.location === undefined)
    return undefined;
  return URL.parse(head.headers.location, from.href)?.href ?? head.headers.location;
}

function resultOf(outcome: HttpOutcome, chunks: readonly Buffer[]): FetchedLink {
  if (outcome.kind === 'broken') return { kind: 'failed', problem: outcome.message };
  if (outcome.head.status !== 200) return { kind: 'failed', problem: `status ${outcome.head.status}` };
  return { kind: 'fetched', bytes: Buffer.concat(chunks) };
}
