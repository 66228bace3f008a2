/**
 * A provider for benchmarks: `chat-server.ts MEDIAN_MS SIGMA IMAGE_BYTES [CERTIFICATE]` prints its address; it speaks https,
 * and writes its certificate, if it is given a file for that. Answers come after log-normal
 * latencies, the same ones in the same order after each `POST /reset`; `GET /stats` tells how busy it was.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { normal, type Random, randomFrom } from '../local/simulator/random.ts';
import { selfSigned } from '../test/support/self-signed.ts';
import { answerOf } from './answers.ts';

const [medianMs = 0, sigma = 0, imageBytes = 100_000] = process.argv.slice(2).map(Number);
const [, , , certificate = ''] = process.argv.slice(2);
const answer = answerOf(imageBytes);

/** What was seen since the last reset. Times are those of the machine's clock, so that another process can compare. */
export interface ChatStats {
  readonly calls: number;
  readonly firstBeginMs: number;
  readonly lastBeginMs: number;
  readonly lastEndMs: number;
  readonly mostInFlight: number;
  /** Calls in progress, summed over the time until the last call began. */
  readonly busyMs: number;
}

let random: Random;
let stats: { -readonly [Name in keyof ChatStats]: ChatStats[Name] };
let inFlight = 0;
let areaMs = 0;
let changedMs = 0;
reset();

function reset(): void {
  random = randomFrom('bench', 1);
  stats = { calls: 0, firstBeginMs: 0, lastBeginMs: 0, lastEndMs: 0, mostInFlight: 0, busyMs: 0 };
  areaMs = 0;
}

function change(by: 1 | -1): number {
  const nowMs = Date.now();
  areaMs += inFlight * (nowMs - changedMs);
  changedMs = nowMs;
  inFlight += by;
  return nowMs;
}

async function chat(response: ServerResponse): Promise<void> {
  const latencyMs = medianMs * Math.exp(sigma * normal(random));
  const nowMs = change(1);
  stats.calls += 1;
  if (stats.calls === 1) {
    stats.firstBeginMs = nowMs;
    areaMs = 0;
  }
  stats.lastBeginMs = nowMs;
  stats.busyMs = areaMs;
  stats.mostInFlight = Math.max(stats.mostInFlight, inFlight);
  if (latencyMs > 0) await delay(latencyMs);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer, () => {
    stats.lastEndMs = change(-1);
  });
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => {
    if (request.method === 'GET') return response.end(JSON.stringify(stats));
    if (request.url === '/reset') {
      reset();
      return response.end();
    }
    return void chat(response);
  });
}

async function tlsServer(): Promise<ReturnType<typeof createTlsServer>> {
  const signed = await selfSigned();
  writeFileSync(certificate, signed.cert);
  return createTlsServer(signed, serve);
}

const server = certificate === '' ? createServer(serve) : await tlsServer();
// A script whose loop has stalled for long would find its connections closed.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  process.stdout.write(`http${certificate === '' ? '' : 's'}://127.0.0.1:${port}\n`);
});
