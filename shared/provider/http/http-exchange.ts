import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { LookupFunction, OnReadOpts, Socket } from 'node:net';
import { FREE_MEMORY } from '../scan/free-memory.ts';
import type { AnswerMemory } from '../types.ts';
import { memoryOfBody } from './body-memory.ts';
import type { Countdown } from './deadline.ts';
import { readDecoded } from './decoded-body.ts';
import { type BreakCause, causeOf, describe } from './exchange-error.ts';
import { http, https } from './node-http.ts';
import { proxyAgent } from './proxy.ts';
import { sharedRead } from './shared-read.ts';

/** One HTTP request, over a connection of its own. */
interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Runs to the last byte, but pauses while there is no memory for it. */
  readonly countdown: Countdown;
  readonly connectTimeoutMs: number;
  /** After decompression. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
  readonly lookup?: LookupFunction;
  /** The proxy looks the name up itself. */
  readonly proxy?: URL;
  /** Certificates to trust instead of the machine's own. */
  readonly ca?: string;
  readonly memory?: AnswerMemory;
  readonly onHead?: (head: HttpHead) => void;
  /** The chunk's buffer is free again afterwards. */
  readonly onChunk: (chunk: Buffer) => void;
}

export interface HttpHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export type HttpOutcome =
  | { readonly kind: 'complete'; readonly head: HttpHead }
  | {
      readonly kind: 'broken';
      readonly cause: BreakCause;
      /** Bytes of the request may have left this machine. */
      readonly sent: boolean;
      /** Known once the response started. */
      readonly head: HttpHead | undefined;
      readonly message: string;
    };

/** An abort with a reason costs no stack trace. */
const OVER = 'the exchange is over';

/** Sends one request, streams the response. Writes nothing before the connection stands, so `sent: false` is certain. */
export function exchange(request: HttpRequest): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let sent = false;
    let head: HttpHead | undefined;
    let response: IncomingMessage | undefined;
    const outgoing = open(
      request,
      sharedRead(() => response),
    );
    const { countdown, signal } = request;
    const ended = new AbortController();

    const settle = (outcome: HttpOutcome): void => {
      clearTimeout(connectTimer);
      signal?.removeEventListener('abort', abort);
      countdown.signal.removeEventListener('abort', timeOut);
      ended.abort(OVER);
      resolve(outcome);
      outgoing.destroy();
    };
    const fail = (cause: BreakCause, message: string): void => {
      settle({ kind: 'broken', cause, sent, head, message });
    };
    const failWith = (error: unknown): void => fail(causeOf(error, sent), describe(error, request));
    const abort = (): void => fail('aborted', 'the call was aborted');
    const timeOut = (): void => fail('timeout', `no whole answer within ${countdown.ms} ms`);
    const connectTimer = setTimeout(
      () => fail('network', `no connection within ${request.connectTimeoutMs} ms`),
      request.connectTimeoutMs,
    );
    outgoing.on('error', failWith);
    signal?.addEventListener('abort', abort);
    countdown.signal.addEventListener('abort', timeOut);
    if (signal?.aborted) return abort();
    if (countdown.signal.aborted) return timeOut();

    outgoing.on('socket', (socket) => {
      whenConnected(socket, request, () => {
        clearTimeout(connectTimer);
        sent = true;
        outgoing.end(request.body);
      });
    });
    outgoing.on('response', (answer) => {
      response = answer;
      head = { status: answer.statusCode ?? 0, headers: answer.headers };
      request.onHead?.(head);
      const complete: HttpOutcome = { kind: 'complete', head };
      const receiver = { onEnd: () => settle(complete), onError: failWith, onTooLarge: fail };
      receive(answer, { ...request, ended: ended.signal }, receiver);
    });
  });
}

function open(request: HttpRequest, onread: OnReadOpts): ClientRequest {
  const { method, headers, body, url, lookup, proxy, ca } = request;
  const options = {
    method,
    agent: proxy === undefined ? false : proxyAgent(url, proxy),
    headers: {
      ...headers,
      ...(body && { 'content-length': String(body.length) }),
      'accept-encoding': 'identity',
    },
    ...(lookup && proxy === undefined && { lookup }),
    // Node reads a tunnel's socket before handing it over.
    ...(proxy === undefined && { onread }),
    // Ends an unanswered tunnel; the rest has its own timeouts.
    ...(proxy && { timeout: request.connectTimeoutMs }),
  };
  return url.protocol === 'https:'
    ? https.request(url, { ...options, ...(ca && { ca }) })
    : http.request(url, options);
}

/** A tunnel's socket is handed over after its TLS handshake. */
function whenConnected(socket: Socket, { url, proxy }: HttpRequest, onConnected: () => void): void {
  if (proxy !== undefined && !socket.connecting) onConnected();
  else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
}

interface Receiver {
  readonly onEnd: () => void;
  readonly onError: (error: unknown) => void;
  readonly onTooLarge: (cause: BreakCause, message: string) => void;
}

type Receiving = HttpRequest & { readonly ended: AbortSignal };

/** Reads only what there is memory for: the rest waits in the socket, and the sender with it. */
function receive(response: IncomingMessage, request: Receiving, receiver: Receiver): void {
  const { maxBytes, countdown, ended, memory = FREE_MEMORY } = request;
  const body = memoryOfBody(response.headers, maxBytes, (bytes) => memory.reserve(bytes, ended));
  const wait = body.begin();
  response.on('error', receiver.onError);
  if (wait === undefined) {
    read();
  } else {
    countdown.pauseFor(wait);
    // Whoever ended the exchange meanwhile has said why.
    wait.then(read, () => undefined);
  }

  function read(): void {
    response.off('error', receiver.onError);
    let bytes = 0;
    readDecoded(response, response.headers['content-encoding'], {
      onData: (chunk) => {
        const before = bytes;
        bytes += chunk.length;
        if (bytes <= maxBytes) {
          countdown.moved();
          request.onChunk(chunk);
          const wait = body.grow(bytes);
          if (wait !== undefined) countdown.pauseFor(wait);
          return wait;
        }
        if (before <= maxBytes) {
          response.pause();
          receiver.onTooLarge('too-large', `the answer is larger than ${maxBytes} bytes`);
        }
        return undefined;
      },
      onEnd: receiver.onEnd,
      onError: receiver.onError,
    });
  }
}
