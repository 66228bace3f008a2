/**
 * What reading one answer costs: our client beside plain `fetch`, `res.json()` and `Buffer.from`, over real HTTP from a
 * server in a process of its own, alternating, each in a cold process. `node bench/read-answer.ts [--rounds 5] [--short]`
 * prints one line of JSON a reading and the ratio of the medians for each size. Where `dist/` is built, it is measured as
 * users have it; else the sources are.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { answerOf } from './answers.ts';
import { watchStalls } from './stalls.ts';

interface Reading {
  readonly reader: string;
  readonly megabytes: number;
  readonly cpuMsPerImage: number;
  readonly peakMb: number;
  readonly longestStallMs: number;
}

/** Images a process reads, by the megabytes of one. */
const IMAGES: Readonly<Record<number, number>> = { 1: 120, 5: 40, 20: 12 };
const READERS = { ours: readWithClient, fetch: readWithFetch };
const MODEL = 'gemini-3.1-flash-image-preview';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, short: { type: 'boolean', default: false } },
});
const [role, ...rest] = positionals;
if (role === undefined) await compareAll();
else if (role === 'serve') serve();
else await readAll(role, rest);

async function compareAll(): Promise<void> {
  const { server, url } = await startServer();
  try {
    for (const megabytes of values.short ? [5] : Object.keys(IMAGES).map(Number)) {
      const readings = Array.from({ length: Number(values.rounds) }, () => roundOf(url, megabytes)).flat();
      for (const each of readings) print(each);
      const cpu = medians(readings, 'cpuMsPerImage');
      const peak = medians(readings, 'peakMb');
      print({
        megabytes,
        built: built() !== undefined,
        cpu,
        cpuRatio: ratio(cpu),
        peak,
        peakRatio: ratio(peak),
      });
    }
  } finally {
    server.kill();
  }
}

function roundOf(url: string, megabytes: number): Reading[] {
  return Object.keys(READERS).map((reader) => {
    const args = [fileURLToPath(import.meta.url), reader, url, String(megabytes)];
    return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Reading;
  });
}

async function readAll(reader: string, [url = '', size = '1']: readonly string[]): Promise<void> {
  const read = READERS[reader === 'ours' ? 'ours' : 'fetch'];
  const megabytes = Number(size);
  const images = IMAGES[megabytes] ?? 1;
  const stalls = watchStalls();
  const before = process.cpuUsage();
  const bytes = await read(`${url}/${megabytes}`, images);
  const { user, system } = process.cpuUsage(before);
  if (bytes < images * megabytes * 700_000) throw new Error(`${reader} read ${bytes} bytes only`);
  const reading: Reading = {
    reader,
    megabytes,
    cpuMsPerImage: Math.round((user + system) / images / 10) / 100,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    longestStallMs: stalls(),
  };
  print(reading);
}

async function readWithClient(url: string, images: number): Promise<number> {
  const { createProvider } = await import(moduleUrl('shared/provider/client'));
  const { modelCatalog } = await import(moduleUrl('shared/domain/calls/models'));
  const provider = createProvider({
    baseUrl: url,
    apiKey: async () => 'bench',
    clock: Date,
    random: Math.random,
  });
  const profile = modelCatalog().get(MODEL);
  let bytes = 0;
  for (let index = 0; index < images; index += 1) {
    const request = { profile, prompt: 'x', settings: { model: MODEL }, references: [], plain: false };
    const outcome = await provider.call(request);
    if (outcome.kind !== 'images') throw new Error(outcome.failure.message);
    bytes += outcome.images.at(-1).bytes.length;
    outcome.release?.();
  }
  return bytes;
}

async function readWithFetch(url: string, images: number): Promise<number> {
  let bytes = 0;
  for (let index = 0; index < images; index += 1) {
    const response = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{}' });
    const { choices } = (await response.json()) as { choices: [{ message: { content: string } }] };
    const [, base64 = ''] = /;base64,([^)]*)/.exec(choices[0].message.content) ?? [];
    bytes += Buffer.from(base64, 'base64').length;
  }
  return bytes;
}

function serve(): void {
  const answers = new Map(Object.keys(IMAGES).map((size) => [size, answerOf(Number(size) * 1_000_000)]));
  const server = createServer((request, response) => {
    const answer = answers.get(/^\/(\d+)\//.exec(request.url ?? '')?.[1] ?? '') ?? Buffer.alloc(0);
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
      response.end(answer);
    });
  });
  server.listen(0, '127.0.0.1', () => print((server.address() as AddressInfo).port));
}

async function startServer(): Promise<{ server: ChildProcess; url: string }> {
  const server = spawn(process.execPath, [fileURLToPath(import.meta.url), 'serve'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout?.once('data', (data: Buffer) => resolve(String(data).trim()));
    server.once('exit', () => reject(new Error('the server of answers has ended')));
  });
  return { server, url: `http://127.0.0.1:${port}` };
}

function built(): URL | undefined {
  const dist = new URL('../dist/', import.meta.url);
  return existsSync(dist) ? dist : undefined;
}

function moduleUrl(name: string): string {
  const dist = built();
  const url = dist === undefined ? new URL(`../${name}.ts`, import.meta.url) : new URL(`${name}.js`, dist);
  return pathToFileURL(fileURLToPath(url)).href;
}

function medians(readings: readonly Reading[], field: 'cpuMsPerImage' | 'peakMb') {
  const of = (reader: string): number => {
    const sorted = readings.filter((each) => each.reader === reader).map((each) => each[field]);
    return sorted.sort((a, b) => a - b)[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return { ours: of('ours'), fetch: of('fetch') };
}

function ratio({ ours, fetch }: { readonly ours: number; readonly fetch: number }): number {
  return Math.round((ours / fetch) * 100) / 100;
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
