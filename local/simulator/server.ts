import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { http, https } from '../../shared/provider/http/node-http.ts';
import { type Answer, htmlAnswer, jsonAnswer, textAnswer } from './answers/answer.ts';
import type { BillEntry, BillTotals } from './bill.ts';
import { answerCall, listModels, openEndpoint, type SimulatedEndpoint } from './call.ts';
import { type SimulatorOptions, withDefaults } from './options.ts';
import type { LinkedImages } from './pictures/linked-images.ts';

export interface Simulator {
  /** The base URL, to which `/chat/completions` is appended. */
  readonly url: string;
  /** Scheme, host and port; `/bill` and `/healthz` stand right below it. */
  readonly origin: string;
  /** Where linked pictures are fetched; undefined if no links are sent. */
  readonly linkBase: string | undefined;
  bill(): BillEntry[];
  totals(): BillTotals;
  /** Resolves when no call is being worked on: what a client left behind is billed by then. */
  idle(): Promise<void>;
  /** Stops listening, lets go of every connection, and waits for the work in hand. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** The path of the real endpoint (provider-contract §1). */
const BASE_PATH = '/llm/gemini/v1beta/openai';
/** Fourteen references of 7 MB in base64, and some. */
const LARGEST_REQUEST_BYTES = 160 * 1024 * 1024;

/** Starts a provider that speaks the contract over HTTP, with a bill of its own. Rejects where the port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = withDefaults(options);
  const stopping = new AbortController();
  const calls = new Set<Promise<void>>();

  const linkServer =
    settings.tls &&
    https.createServer(settings.tls, (request, response) => {
      void send(servePicture(request.url ?? '', provider.links), response);
    });
  const linkOrigin = linkServer && `https://${HOST}:${await listen(linkServer, 0)}`;
  const linkBase = settings.linkBase ?? linkOrigin;

  const provider = openEndpoint(settings, linkBase);
  const server = http.createServer((request, response) => {
    const call = serve(provider, request, response, stopping.signal, calls.size);
    calls.add(call);
    void call.finally(() => calls.delete(call));
  });
  const stop = () => Promise.all([server, ...(linkServer ? [linkServer] : [])].map(stopListening));
  const port = await listen(server, settings.port).catch(async (error) => {
    await stop();
    throw error;
  });
  const origin = `http://${HOST}:${port}`;

  return {
    url: `${origin}${BASE_PATH}`,
    origin,
    linkBase,
    bill: () => provider.bill.entries(),
    totals: () => provider.bill.totals(),
    idle: () => settled(calls),
    async close() {
      stopping.abort();
      await stop();
      await settled(calls);
    },
  };
}

async function serve(
  provider: SimulatedEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  stopped: AbortSignal,
  inFlight: number,
): Promise<void> {
  try {
    await send(await route(provider, request, stopped, inFlight), response);
  } catch (error) {
    const gone = request.destroyed && !request.complete;
    if (gone || response.headersSent) {
      response.destroy();
      return;
    }
    const reason = error instanceof Error ? error.message : String(error);
    await send(jsonAnswer(500, { error: `the simulator failed: ${reason}` }), response);
  }
}

async function route(
  provider: SimulatedEndpoint,
  request: IncomingMessage,
  stopped: AbortSignal,
  inFlight: number,
): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://simulator').pathname;
  switch (`${request.method} ${path}`) {
    case `POST ${BASE_PATH}/chat/completions`: {
      const body = await readBody(request);
      if (body === undefined) return htmlAnswer(413, '413 Request Entity Too Large');
      return answerCall(provider, body, request.headers.authorization, stopped);
    }
    case `GET ${BASE_PATH}/models`:
      return listModels(provider, request.headers.authorization);
    case 'GET /bill': {
      const { bill } = provider;
      return jsonAnswer(200, { calls: bill.entries(), totals: bill.totals(), inFlight });
    }
    case 'GET /healthz':
      return jsonAnswer(200, { ok: true });
    default:
      return request.method === 'GET'
        ? servePicture(path, provider.links)
        : textAnswer(404, 'text/plain', 'Not Found');
  }
}

function servePicture(path: string, links: LinkedImages | undefined): Answer {
  const picture = links?.get(path);
  if (picture === undefined) return textAnswer(404, 'text/plain', 'Not Found');
  return { status: 200, headers: { 'content-type': picture.type }, chunks: [picture.bytes], hangUp: false };
}

/** The body as text; undefined if it is larger than any request may be. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > LARGEST_REQUEST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Sends an answer no faster than the client reads it; a client that has gone is no error. */
async function send(answer: Answer, response: ServerResponse): Promise<void> {
  if (answer.status === 0) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  for (const chunk of answer.chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  if (!answer.hangUp) {
    response.end();
    return;
  }
  // What was written leaves with the next turn of the event loop; only then is the answer cut in its middle.
  await setImmediate();
  response.destroy();
}

async function drained(response: ServerResponse): Promise<void> {
  const done = new AbortController();
  const { signal } = done;
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() =>
    done.abort(),
  );
}

async function settled(calls: ReadonlySet<Promise<void>>): Promise<void> {
  while (calls.size > 0) await Promise.allSettled(calls);
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator has no port');
  return address.port;
}

async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
