import type { Failure } from '../domain/calls/failure.ts';
import { type Interpretation, type Interpreted, interpretAnswer } from './answer/interpret-answer.ts';
import { interpretKept } from './answer/interpret-kept.ts';
import { expectedBytes } from './http/body-memory.ts';
import { startCountdown } from './http/deadline.ts';
import type { BreakCause } from './http/exchange-error.ts';
import type { Resolve } from './http/guarded-lookup.ts';
import { exchange, type HttpHead, type HttpOutcome } from './http/http-exchange.ts';
import { createLinkFetch, type FetchLink } from './http/image-link.ts';
import { proxyFor } from './http/proxy.ts';
import type { ProxySettings } from './http/proxy-settings.ts';
import { readKey } from './http/read-key.ts';
import { redactLine } from './http/redact.ts';
import { buildRequestBody, type RequestBody } from './http/request-body.ts';
import { secretForms, secretsOf, withoutSecrets } from './http/secret-forms.ts';
import { type AnswerScanner, createAnswerScanner } from './scan/answer-scanner.ts';
import { FREE_MEMORY } from './scan/free-memory.ts';
import type { AnswerMemory, ImageRequest, Provider } from './types.ts';

/** A call and its response on the wire, without keys, for setting up a provider. */
export interface SeenAnswer {
  readonly model: string;
  readonly request: RequestBody;
  readonly status: number;
  readonly headers: HttpHead['headers'];
  readonly body: string;
}

export interface ProviderOptions {
  /** Everything before `/chat/completions`. */
  readonly baseUrl: string;
  /** Resolves to undefined if the provider takes no key. Rejects with `KeyUnreadableError` if another try may help. */
  readonly apiKey: () => Promise<string | undefined>;
  /** Sent with each call, beside its own. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly clock: { now(): number };
  /** In [0, 1). */
  readonly random: () => number;
  /** Hosts of linked images; `*.core.today` includes all below it. */
  readonly linkHosts?: readonly string[];
  /** Most bytes of an answer, decompressed. */
  readonly maxAnswerBytes?: number;
  readonly timeoutMs?: (request: ImageRequest) => number;
  readonly connectTimeoutMs?: number;
  /** DNS for image links. */
  readonly resolve?: Resolve;
  readonly fetchLink?: FetchLink;
  /** Certificates to trust instead of the machine's own. */
  readonly ca?: string;
  /** Gets every whole response. */
  readonly onAnswer?: (answer: SeenAnswer) => void;
  readonly proxies?: ProxySettings;
}

const DEFAULT_LINK_HOSTS: readonly string[] = ['*.core.today'];
/** provider-contract §2. */
const DEFAULT_MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const CONNECT_TIMEOUT_MS = 15_000;
const LINK_TIMEOUT_MS = 60_000;

/** Client timeout: 180 s, 300 s at 4K (provider-contract §5, latency). */
function defaultTimeoutMs(request: Pick<ImageRequest, 'settings'>): number {
  return request.settings.imageSize === '4K' ? 300_000 : 180_000;
}

/** Without a memory, one response at a time is read. */
interface ChatClient extends Provider {
  call(request: ImageRequest, signal?: AbortSignal, memory?: AnswerMemory): ReturnType<Provider['call']>;
}

/** The chat completions client: one request a call, over its own connection, never repeated. Throws `TypeError` on a bad URL. */
export function createProvider(options: ProviderOptions): ChatClient {
  const url = endpointUrl(options.baseUrl);
  const fetchLink = options.fetchLink ?? defaultFetchLink(options);

  return {
    async call(request, signal, memory = FREE_MEMORY) {
      const startedAtMs = options.clock.now();
      const linked: FetchLink = (link) => fetchLink(link, memory);
      const outcome = await attempt(request, { ...options, url, fetchLink: linked, memory }, signal);
      return { ...outcome, latencyMs: Math.max(0, options.clock.now() - startedAtMs) };
    },
    async reread(answer, request) {
      const by = { fetchLink, nowMs: options.clock.now(), random: options.random };
      return { ...(await interpretKept(answer, request, by)), latencyMs: 0 };
    },
  };
}

interface Ready extends ProviderOptions {
  readonly url: URL;
  readonly fetchLink: FetchLink;
  readonly memory: AnswerMemory;
}

async function attempt(request: ImageRequest, by: Ready, signal?: AbortSignal): Promise<Interpreted> {
  const key = await readKey(by.apiKey);
  if (key.kind === 'failure') return withoutAnswer(key.failure);

  const scanner = createAnswerScanner(by.random, by.memory);
  const outcome = await send(request, by, { key: key.key, scanner, ...(signal && { signal }) });
  const { head } = outcome;
  const broken =
    outcome.kind === 'broken' ? withoutAnswer(brokenFailure(outcome, secretsOf(key.key, by))) : undefined;
  if (broken !== undefined && !mayBeRead(outcome)) return broken;
  if (head === undefined) throw new Error('a complete answer has a head');

  // A response that arrived is read even if the caller wants to stop.
  await by.memory.reserve(scanner.toCome());
  const read = await interpret(request, by, head, scanner, key.key);
  if (broken === undefined) by.onAnswer?.(seenAnswer(request, head, scanner, secretsOf(key.key, by)));
  return broken === undefined || countsThoughBroken(head, read) ? read.outcome : broken;
}

function interpret(
  request: ImageRequest,
  by: Ready,
  head: HttpHead,
  scanner: AnswerScanner,
  key: string | undefined,
): Promise<Interpretation> {
  const secrets = secretsOf(key, by);
  return interpretAnswer(
    { ...scanner.finish(), head, original: () => withoutSecrets(scanner.original(), secrets) },
    { request, fetchLink: by.fetchLink, nowMs: by.clock.now(), url: by.url, secrets },
  );
}

function seenAnswer(
  request: ImageRequest,
  { status, headers }: HttpHead,
  scanner: AnswerScanner,
  secrets: readonly string[],
): SeenAnswer {
  const whole = Buffer.from(scanner.original()).toString('utf8');
  const body = secrets.flatMap(secretForms).reduce((text, form) => text.replaceAll(form, '[key]'), whole);
  return { model: request.profile.model, request: buildRequestBody(request), status, headers, body };
}

async function send(
  request: ImageRequest,
  by: Ready,
  { key, scanner, signal }: { key: string | undefined; scanner: AnswerScanner; signal?: AbortSignal },
): Promise<HttpOutcome> {
  const proxy = by.proxies && proxyFor(by.url, by.proxies);
  const countdown = startCountdown((by.timeoutMs ?? defaultTimeoutMs)(request));
  return await exchange({
    method: 'POST',
    url: by.url,
    headers: {
      ...by.headers,
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: Buffer.from(JSON.stringify(buildRequestBody(request))),
    countdown,
    memory: by.memory,
    connectTimeoutMs: by.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    maxBytes: by.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
    ...(by.ca !== undefined && { ca: by.ca }),
    ...(proxy !== undefined && { proxy }),
    ...(signal && { signal }),
    onHead: ({ headers }) => scanner.expect(expectedBytes(headers)),
    onChunk: scanner.push,
  }).finally(countdown.clear);
}

type Broken = Extract<HttpOutcome, { kind: 'broken' }>;

/** Once a status arrived, an error has said the most, and a stream may have said all. */
function mayBeRead({ head, ...outcome }: HttpOutcome): boolean {
  return (
    head !== undefined && !(outcome.kind === 'broken' && outcome.cause === 'too-large' && head.status < 300)
  );
}

/** A refusal counts without its body; images count if the response says that it is complete. */
function countsThoughBroken(head: HttpHead, { outcome, finished }: Interpretation): boolean {
  return head.status >= 300 || (finished && outcome.kind === 'images');
}

const BROKEN_CODES: Readonly<Record<BreakCause, Failure['code']>> = {
  network: 'network',
  certificate: 'certificate',
  timeout: 'timeout',
  aborted: 'timeout',
  closed: 'timeout',
  'too-large': 'response_too_large',
};

function brokenFailure({ cause, sent, message }: Broken, secrets: readonly string[]): Failure {
  if (!sent) {
    const code = cause === 'certificate' ? 'certificate' : 'network';
    return {
      code,
      message: redactLine(`nothing was sent to the provider: ${message}`, secrets),
      reach: 'unsent',
    };
  }
  const text = `the request was sent, but its answer was lost: ${message}; it may have been billed`;
  return { code: BROKEN_CODES[cause], message: redactLine(text, secrets), reach: 'lost' };
}

function withoutAnswer(failure: Failure): Interpreted {
  return { kind: 'failure', failure, usage: undefined, answer: undefined };
}

function endpointUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/chat/completions`;
  return url;
}

function defaultFetchLink(options: ProviderOptions): FetchLink {
  return createLinkFetch({
    hosts: options.linkHosts ?? DEFAULT_LINK_HOSTS,
    maxBytes: options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
    timeoutMs: LINK_TIMEOUT_MS,
    ...(options.resolve && { resolve: options.resolve }),
    ...(options.proxies && { proxies: options.proxies }),
  });
}
