import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a command took, with all processes that it started. */
export interface Usage {
  readonly ms: number;
  readonly cpuMs: number;
  /** The sum of each process's own peak. */
  readonly peakMb: number;
  /** The longest that an event loop stood still, after the process's first second. */
  readonly stallMs: number;
}

/** Every Node process below writes what it took, as it ends. */
const TELL = `data:text/javascript,${encodeURIComponent(`
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
const stalls = monitorEventLoopDelay({ resolution: 1 });
setTimeout(() => stalls.enable(), 1_000).unref();
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage = { cpuMs: (userCPUTime + systemCPUTime) / 1e3, peakMb: maxRSS / 1024, stallMs: stalls.max / 1e6 };
  writeFileSync(process.env.BENCH_USAGE + '/' + process.pid, JSON.stringify(usage));
});`)}`;

/** Runs a Node script from its start to its exit. Throws with what it printed where it fails. */
export async function measured(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Usage> {
  const folder = mkdtempSync(join(tmpdir(), 'pressrun-usage-'));
  try {
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...args], {
      env: { ...process.env, ...env, BENCH_USAGE: folder, NODE_OPTIONS: `--import=${TELL}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    const [, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [code] = await ended;
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr.slice(-2_000)}`);
    const ms = performance.now() - startedMs;
    const usages = readdirSync(folder).map((pid) => JSON.parse(readFileSync(join(folder, pid), 'utf8')));
    const stallMs = Math.max(...usages.map((usage) => usage.stallMs));
    return { ms, cpuMs: sum(usages, 'cpuMs'), peakMb: sum(usages, 'peakMb'), stallMs };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sum(usages: readonly Omit<Usage, 'ms'>[], field: 'cpuMs' | 'peakMb'): number {
  return usages.reduce((total, usage) => total + usage[field], 0);
}
