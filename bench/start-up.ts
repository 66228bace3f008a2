/**
 * How long `pressrun run` takes from its start to its first call, beside the script of `peers/`, and what `status` costs; the median of so
 * many starts.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChatStats } from './chat-server.ts';

const STARTS = 7;
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const server = spawn(process.execPath, [pathOf('chat-server.ts'), '0', '0', '10000'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(server.stdout, 'data');
const url = String(line).trim();

const firstCallMs: number[] = [];
for (let nth = 1; nth <= STARTS; nth += 1) {
  const file = join(folder, `prompts-${nth}.csv`);
  writeFileSync(file, `prompt\na red fox number ${nth}\n`);
  await fetch(`${url}/reset`, { method: 'POST' });
  const startedMs = Date.now();
  await pressrun('run', file, '--out', join(folder, `out-${nth}`), '--json');
  const stats: ChatStats = JSON.parse(await (await fetch(`${url}/stats`)).text());
  firstCallMs.push(stats.firstBeginMs - startedMs);
}
const scriptCallMs: number[] = [];
for (let nth = 1; nth <= STARTS; nth += 1) {
  await fetch(`${url}/reset`, { method: 'POST' });
  const startedMs = Date.now();
  const args = [join(folder, 'prompts-1.csv'), url, '1', join(folder, `script-${nth}`)];
  execFileSync(process.execPath, [pathOf('peers/script.js'), 'openai', ...args]);
  const stats: ChatStats = JSON.parse(await (await fetch(`${url}/stats`)).text());
  scriptCallMs.push(stats.firstBeginMs - startedMs);
}
const statusCpuMs: number[] = [];
for (let nth = 1; nth <= STARTS; nth += 1) statusCpuMs.push(await pressrun('status'));
server.kill('SIGTERM');
rmSync(folder, { recursive: true });
process.stdout.write(
  `${JSON.stringify({
    runToFirstCallMs: median(firstCallMs),
    scriptToFirstCallMs: median(scriptCallMs),
    statusCpuMs: median(statusCpuMs),
  })}\n`,
);

function median(values: readonly number[]): number {
  return Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

/** Gives the processor time that it took, in ms. */
async function pressrun(...args: readonly string[]): Promise<number> {
  const tell =
    "process.on('exit',()=>{const {userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('\\ncpu '+(userCPUTime+systemCPUTime)/1e3)})";
  const command = ['--import', `data:text/javascript,${tell}`, pathOf('../cli/bin.js'), ...args];
  const child = spawn(process.execPath, [...command, '--home', join(folder, 'home')], {
    env: { ...process.env, PRESSRUN_PROVIDER_URL: url, CORE_TODAY_API_KEY: 'cdt_bench' },
  });
  const ended = once(child, 'close');
  const [, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return Number(/cpu ([\d.]+)/.exec(stderr)?.[1]);
}
