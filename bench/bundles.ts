/**
 * What a cold start of each function loads: bytes of all its chunks, bytes loaded before the first message, and what the import
 * takes: a median of 9 processes in turn. Beside it the SDK's three clients alone, which is the floor, and Node itself, whose CPU
 * time says how busy the machine is. One line of JSON each; `ofNode` is the import's CPU time as a multiple of Node's own.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleEntry, bundleFunctions, FUNCTION_NAMES } from '../infra/bundling/bundle-functions.ts';
import { loadedFirst } from '../infra/bundling/loaded-first.ts';

const STARTS = 9;
const NODE = 'node alone';
const CLIENTS = 'three clients alone';

interface Start {
  readonly ms: number;
  readonly cpuMs: number;
  /** Before the import. */
  readonly nodeCpuMs: number;
}

const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
await bundleFunctions(folder);
await bundleEntry('bench/three-clients.ts', join(folder, CLIENTS));
const names = [CLIENTS, ...FUNCTION_NAMES];
const starts = new Map(names.map((name) => [name, [] as Start[]]));
for (let nth = 0; nth < STARTS; nth += 1) {
  for (const [name, all] of starts) all.push(await importOnce(join(folder, name, 'index.mjs')));
}

const nodeCpuMs = median([...starts.values()].flat().map((start) => start.nodeCpuMs));
print({ function: NODE, cpuMs: nodeCpuMs });
for (const [name, all] of starts) {
  const own = join(folder, name);
  const importCpuMs = median(all.map(({ cpuMs }) => cpuMs));
  print({
    function: name,
    bytes: bytesOf(
      own,
      readdirSync(own).filter((file) => file.endsWith('.mjs')),
    ),
    bytesFirst: bytesOf(own, loadedFirst(own)),
    importMs: median(all.map(({ ms }) => ms)),
    importCpuMs,
    ofNode: Number((importCpuMs / nodeCpuMs).toFixed(2)),
  });
}
rmSync(folder, { recursive: true });

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function bytesOf(own: string, chunks: readonly string[]): number {
  return chunks.reduce((sum, chunk) => sum + statSync(join(own, chunk)).size, 0);
}

/** In a process of its own with nothing but a function's environment. */
async function importOnce(path: string): Promise<Start> {
  const code = `
    const [began, before] = [performance.now(), process.cpuUsage()];
    await import(${JSON.stringify(path)});
    const { user, system } = process.cpuUsage(before);
    const nodeCpuMs = (before.user + before.system) / 1e3;
    process.stdout.write(JSON.stringify({ ms: performance.now() - began, cpuMs: (user + system) / 1e3, nodeCpuMs }));
    process.exit(0);`;
  const child = spawn(process.execPath, ['--enable-source-maps', '--input-type=module', '--eval', code], {
    env: {
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_REGION: 'us-east-1',
      PRESSRUN_STAGE: 'bench',
      PRESSRUN_KEY_SECRET: 'ssm:/pressrun/bench/key',
      PRESSRUN_WORK_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/pressrun-bench-work',
      PRESSRUN_INGEST_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/1/pressrun-bench-ingest',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [answer, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (answer === '') throw new Error(`${path} could not be imported: ${errors.slice(-500)}`);
  return JSON.parse(answer);
}

function median(values: readonly number[]): number {
  return Number(([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN).toFixed(1));
}
