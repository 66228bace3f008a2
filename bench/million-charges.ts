/**
 * A million charges of a month in the table: `cost` from roll-ups (goal: under 2 s and 200 MB), `cost verify` and a question
 * of days elsewhere from the charges (goal: under 120 s), each twice, and byte for byte the same. Arguments: another number of charges,
 * and a folder that is kept and used again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStage } from '../local/stage/embedded-stage.ts';
import { systemClock } from '../shared/aws/system-clock.ts';
import { monthBefore, writeMonth } from './month-of-charges.ts';

const CHARGES = Number(process.argv[2] ?? 1_000_000);
const command = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const home = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const from = monthBefore(Date.now());

if (!existsSync(join(home, 'local', 'stage.sqlite'))) await load();
const window = ['--from', from, '--home', home, '--json'];
for (const args of [
  ['cost', '--by', 'day,model', ...window],
  ['cost', 'verify', ...window],
  ['cost', '--by', 'day,model', '--tz', 'Europe/Berlin', ...window],
]) {
  const [first, second] = [await measured(args), await measured(args)];
  process.stdout.write(
    `${JSON.stringify({
      args: args.slice(0, -5).join(' '),
      seconds: [first.seconds, second.seconds],
      cpuSeconds: [first.cpuSeconds, second.cpuSeconds],
      maxRssMb: [first.maxRssMb, second.maxRssMb],
      codes: [first.code, second.code],
      bytes: first.stdout.length,
      same: first.stdout === second.stdout,
    })}\n`,
  );
}
if (process.argv[3] === undefined) rmSync(home, { recursive: true });

async function load(): Promise<void> {
  const startedMs = performance.now();
  const stage = await openEmbeddedStage(join(home, 'local'), systemClock());
  const loaded = await writeMonth(stage.table, from, CHARGES);
  await stage.close();
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
  process.stdout.write(`${JSON.stringify({ loaded: CHARGES, seconds, ...loaded })}\n`);
}

/** The real command as a process of its own, its start and the start of the stage included. */
async function measured(args: readonly string[]) {
  const tell =
    "process.on('exit',()=>{const {maxRSS,userCPUTime,systemCPUTime}=process.resourceUsage();process.stderr.write('rss '+maxRSS+' cpu '+(userCPUTime+systemCPUTime)/1e6)})";
  const startedMs = performance.now();
  const child = spawn(process.execPath, ['--import', `data:text/javascript,${tell}`, command, ...args]);
  const ended = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(2));
  const maxRssMb = Math.round(Number(/rss (\d+)/.exec(stderr)?.[1]) / 1_024);
  const cpuSeconds = Number(Number(/cpu ([\d.]+)/.exec(stderr)?.[1]).toFixed(2));
  return { code, stdout, seconds, cpuSeconds, maxRssMb };
}
