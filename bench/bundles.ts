/**
 * What a cold start of each function loads: bytes of all its chunks, bytes loaded before the first message, and what the import
 * takes, queues found included (the median of 5 processes). One line of JSON a function.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { bundleFunctions, FUNCTION_NAMES } from '../infra/bundling/bundle-functions.ts';
import { loadedFirst } from '../infra/bundling/loaded-first.ts';

const STARTS = 5;
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
// All that a function asks of AWS before its first message is where its queues are.
const aws = createServer((request, response) => {
  request.resume().once('end', () => response.end(JSON.stringify({ QueueUrl: 'http://localhost/queue' })));
});
aws.listen(0, '127.0.0.1');
await once(aws, 'listening');
const address = aws.address();
const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;

await bundleFunctions(folder);
for (const name of FUNCTION_NAMES) {
  const own = join(folder, name);
  const chunks = readdirSync(own).filter((file) => file.endsWith('.mjs'));
  const imports = [];
  for (let nth = 0; nth < STARTS; nth += 1) imports.push(await importOnce(join(own, 'index.mjs')));
  const reading = {
    function: name,
    bytes: bytesOf(own, chunks),
    bytesFirst: bytesOf(own, loadedFirst(own)),
    importMs: median(imports.map(({ ms }) => ms)),
    importCpuMs: median(imports.map(({ cpuMs }) => cpuMs)),
  };
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
aws.close();
rmSync(folder, { recursive: true });

function bytesOf(own: string, chunks: readonly string[]): number {
  return chunks.reduce((sum, chunk) => sum + statSync(join(own, chunk)).size, 0);
}

/** In a process of its own with nothing but a function's environment. */
async function importOnce(path: string): Promise<{ readonly ms: number; readonly cpuMs: number }> {
  const code = `
    const [began, before] = [performance.now(), process.cpuUsage()];
    await import(${JSON.stringify(path)});
    const { user, system } = process.cpuUsage(before);
    process.stdout.write(JSON.stringify({ ms: performance.now() - began, cpuMs: (user + system) / 1e3 }));
    process.exit(0);`;
  const child = spawn(process.execPath, ['--enable-source-maps', '--input-type=module', '--eval', code], {
    env: {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_REGION: 'us-east-1',
      PRESSRUN_STAGE: 'bench',
      PRESSRUN_KEY_SECRET: 'ssm:/pressrun/bench/key',
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
