/**
 * `pressrun run` beside a script of openai, p-limit and csv-parse, on the same prompts and latencies: how many slots are busy
 * until the last call begins, how long it takes, processor time an image. Arguments: concurrency, items, median latency in
 * ms, sigma, bytes of an image (default 50 1000 3750 0.6 100000; `50 500 0 0` for processor time alone).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChatStats } from './chat-server.ts';

const [concurrency = 50, items = 1_000, medianMs = 3_750, sigma = 0.6, imageBytes = 100_000] = process.argv
  .slice(2)
  .map(Number);
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
if (!existsSync(pathOf('node_modules/openai'))) throw new Error('first: npm install --prefix bench');

const prompts = Array.from({ length: items }, (_, index) => `a red fox number ${index + 1}\n`).join('');
const file = join(folder, 'prompts.csv');
writeFileSync(file, `prompt\n${prompts}`);
const server = spawn(
  process.execPath,
  [pathOf('chat-server.ts'), ...[medianMs, sigma, imageBytes].map(String)],
  {
    stdio: ['ignore', 'pipe', 'inherit'],
  },
);
const [line] = await once(server.stdout, 'data');
const url = String(line).trim();

// A model begins with one call until its first image is in: that is not what is measured.
const warmUp = join(folder, 'first.csv');
writeFileSync(warmUp, 'prompt\na first fox\n');
const home = ['--home', join(folder, 'home')];
const out = (name: string) => join(folder, name);
const script = await measured('script', [
  pathOf('peers/script.js'),
  file,
  url,
  String(concurrency),
  out('script'),
]);
const flags = ['--concurrency', String(concurrency), '--out', out('run'), ...home, '--json'];
await measured('first image', [pathOf('../cli/bin.js'), 'run', warmUp, ...home, '--out', out('first')]);
const run = await measured('pressrun run', [pathOf('../cli/bin.js'), 'run', file, ...flags]);
process.stdout.write(
  `${JSON.stringify({ secondsToScript: ratio(run.seconds, script.seconds), cpuToScript: ratio(run.cpuMs, script.cpuMs) })}\n`,
);
server.kill('SIGTERM');
rmSync(folder, { recursive: true });

function ratio(a: number, b: number): number {
  return Number((a / b).toFixed(3));
}

/** One process from its start to its exit, and what the provider saw of it. */
async function measured(what: string, args: readonly string[]) {
  const tell =
    "process.on('exit',()=>{const {maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('\\nrss '+maxRSS+' cpu '+(userCPUTime+systemCPUTime)/1e3)})";
  await fetch(`${url}/reset`, { method: 'POST' });
  const startedMs = Date.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${tell}`, ...args], {
    env: { ...process.env, PRESSRUN_PROVIDER_URL: url, CORE_TODAY_API_KEY: 'cdt_bench' },
  });
  const ended = once(child, 'close');
  const [, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${stderr}`);
  const seconds = (Date.now() - startedMs) / 1_000;
  const stats: ChatStats = JSON.parse(await (await fetch(`${url}/stats`)).text());
  const cpuMs = Number(/cpu ([\d.]+)/.exec(stderr)?.[1]);
  const reading = {
    what,
    calls: stats.calls,
    seconds: Number(seconds.toFixed(2)),
    secondsToFirstCall: Number(((stats.firstBeginMs - startedMs) / 1_000).toFixed(2)),
    slotsBusy: Number((stats.busyMs / (concurrency * (stats.lastBeginMs - stats.firstBeginMs))).toFixed(3)),
    mostInFlight: stats.mostInFlight,
    cpuMsAnImage: Number((cpuMs / items).toFixed(2)),
    maxRssMb: Math.round(Number(/rss (\d+)/.exec(stderr)?.[1]) / 1_024),
  };
  process.stdout.write(`${JSON.stringify(reading)}\n`);
  return { seconds, cpuMs };
}
