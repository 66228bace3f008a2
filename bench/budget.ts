/**
 * What a budget of 1.2 times a batch costs in time: `pressrun run` without one, then with one, over the same latencies, for
 * batches of several sizes; and once more with a price whose calls reserve no more than the size asked for (`asked-size`).
 * Arguments: concurrency, median latency in ms, sigma, items… (default 16 1000 0.5 30 120 240). One line of JSON a size;
 * `timesAsLong` is the figure that counts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { ChatStats } from './chat-server.ts';

const [concurrency = 16, medianMs = 1_000, sigma = 0.5, ...sizes] = process.argv.slice(2).map(Number);
const HEADROOM = 1.2;
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { prices } = JSON.parse(readFileSync(pathOf('../shared/domain/money/prices.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const server = spawn(process.execPath, [pathOf('chat-server.ts'), String(medianMs), String(sigma), '20000'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const [line] = await once(server.stdout, 'data');
const url = String(line).trim();

const askedSize = join(folder, 'prices.json');
writeFileSync(
  askedSize,
  JSON.stringify(prices.map((price: object) => ({ ...price, ceiling: 'asked-size' }))),
);

for (const items of sizes.length > 0 ? sizes : [30, 120, 240]) {
  const file = join(folder, `${items}.csv`);
  const prompts = Array.from({ length: items }, (_, index) => `a red fox number ${index + 1}\n`);
  writeFileSync(file, `prompt\n${prompts.join('')}`);
  const free = await measured(file, items, []);
  const budget = Math.ceil((HEADROOM * free.creditsMicro) / 1e6);
  const bound = await measured(file, items, ['--budget', String(budget)]);
  const asked = await measured(file, items, ['--budget', String(budget)], { PRESSRUN_PRICES: askedSize });
  const reading = {
    items,
    concurrency,
    budget,
    secondsWithout: Number((free.ms / 1_000).toFixed(2)),
    secondsWith: Number((bound.ms / 1_000).toFixed(2)),
    timesAsLong: Number((bound.ms / free.ms).toFixed(3)),
    timesAsLongAskedSize: Number((asked.ms / free.ms).toFixed(3)),
  };
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
server.kill('SIGTERM');
rmSync(folder, { recursive: true });

/** One run in a home of its own, from its first call to its last answer. */
async function measured(
  file: string,
  items: number,
  flags: readonly string[],
  settings: NodeJS.ProcessEnv = {},
) {
  const home = mkdtempSync(join(folder, 'home-'));
  const pressrun = async (prompts: string, more: readonly string[]) => {
    const args = ['run', prompts, '--json', '--home', home, '--out', join(home, 'out'), ...more];
    const child = spawn(process.execPath, [pathOf('../cli/bin.js'), ...args], {
      env: { ...process.env, PRESSRUN_PROVIDER_URL: url, CORE_TODAY_API_KEY: 'cdt_bench', ...settings },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(child, 'close');
    const result = JSON.parse(await text(child.stdout));
    await ended;
    return result;
  };
  // A model begins with one call until its first image is in: that is not what is measured.
  const first = join(home, 'first.csv');
  writeFileSync(first, 'prompt\na first fox\n');
  await pressrun(first, []);
  await fetch(`${url}/reset`, { method: 'POST' });
  const result = await pressrun(file, ['--concurrency', String(concurrency), ...flags]);
  if (result.items.done !== items) throw new Error(`${result.items.done} of ${items} are done`);
  const stats: ChatStats = JSON.parse(await (await fetch(`${url}/stats`)).text());
  return { ms: stats.lastEndMs - stats.firstBeginMs, creditsMicro: Number(result.creditsMicro) };
}
