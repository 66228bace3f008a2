import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** The rest of what its headers announce never comes. */
  readonly isLeftOpen?: boolean;
}

/** What a service does instead of answering. */
export type Fault =
  /** Says that it is asked too often. */
  | 'throttled'
  /** Takes requests and never answers. */
  | 'silent'
  /** Closes the connection. */
  | 'hanging up'
  /** Fails inside. */
  | 'failing'
  /** Is not the service: a proxy that cannot reach it. */
  | 'a broken proxy'
  /** Is not the service: a page to log in at, with status 200. */
  | 'a captive portal';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

interface FaultyService {
  readonly url: string;
  readonly host: string;
  requests(): readonly Request[];
}

/** A server in place of a service of AWS: faulty for so many requests, then it answers well. Ended with its test. */
export async function startFaulty(
  speaks: 'json' | 'xml',
  fault: Fault,
  well: Reply,
  times = Number.POSITIVE_INFINITY,
): Promise<FaultyService> {
  return await listen((request, response, count) => {
    if (count > times) return reply(request, response, well);
    switch (fault) {
      case 'silent':
        return;
      case 'hanging up':
        return void request.socket.destroy();
      case 'throttled':
        return reply(request, response, THROTTLED[speaks]);
      case 'failing':
        return reply(request, response, FAILING[speaks]);
      case 'a broken proxy':
        return reply(request, response, html(502, '<html>Bad Gateway</html>'));
      case 'a captive portal':
        return reply(request, response, html(200, '<html>Log in to this network</html>'));
    }
  });
}

/** A server that answers each request as it is told, by the request and how many came before it. */
export async function startScripted(
  answer: (request: Request, before: number) => Reply,
): Promise<FaultyService> {
  return await listen((request, response, count, asked) =>
    reply(request, response, answer(asked, count - 1)),
  );
}

/** The SDK's own strategy, which tries as often, no longer waits between its tries. */
export async function withoutWaits(client: {
  readonly config: { readonly retryStrategy: () => Promise<object> };
}): Promise<void> {
  const strategy = await client.config.retryStrategy();
  if (!('retryBackoffStrategy' in strategy)) throw new Error('the SDK waits in another way than it did');
  Object.assign(strategy.retryBackoffStrategy ?? {}, { computeNextBackoffDelay: () => 0 });
}

export function json(value: object, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: JSON.stringify(value) };
}

export function xml(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function html(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, body };
}

const THROTTLED = {
  json: json({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400),
  xml: xml(
    '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Please reduce your rate</Message></Error>',
    503,
  ),
};
const FAILING = {
  json: json({ __type: 'InternalServerError', message: 'Internal server error' }, 500),
  xml: xml('<?xml version="1.0"?><Error><Code>InternalError</Code><Message>We failed</Message></Error>', 500),
};

function reply(request: IncomingMessage, response: ServerResponse, answer: Reply): void {
  const { status, headers, body, isLeftOpen } = answer;
  response.writeHead(status, headers);
  if (isLeftOpen) return void response.write(body);
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse, count: number, asked: Request) => void,
): Promise<FaultyService> {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => '');
    const asked = { method: request.method ?? '', url: request.url ?? '', body };
    requests.push(asked);
    answer(request, response, requests.length, asked);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, requests: () => requests };
}
