/**
 * What a batch costs this machine besides the provider: 1,000 items through table, queue and store, with a simulator that
 * answers at once with plain pictures. The simulator runs in a process of its own, so that its work is not counted.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ITEMS = 1_000;
const command = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const prompts = readFileSync(new URL('../examples/parti-prompts.tsv', import.meta.url), 'utf8');
writeFileSync(
  join(folder, 'prompts.tsv'),
  prompts
    .split('\n')
    .slice(0, ITEMS + 1)
    .join('\n'),
);

const simulator = spawn(process.execPath, [command, 'simulate', '--json', '--plain', '--latency', '0'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const [line] = await once(simulator.stdout, 'data');
const { url } = JSON.parse(String(line));

for (const itemsAtOnce of ['4', '16', '64']) {
  const env = {
    ...process.env,
    PRESSRUN_PROVIDER_URL: url,
    CORE_TODAY_API_KEY: 'cdt_bench',
    PRESSRUN_ITEMS_AT_ONCE: itemsAtOnce,
    PRESSRUN_HOME: join(folder, itemsAtOnce),
  };
  const startedMs = performance.now();
  const output = execFileSync(process.execPath, [command, 'run', 'prompts.tsv', '--json'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seconds = (performance.now() - startedMs) / 1000;
  const { items } = JSON.parse(output);
  process.stdout.write(
    `${JSON.stringify({ itemsAtOnce: Number(itemsAtOnce), done: items.done, seconds: Number(seconds.toFixed(1)) })}\n`,
  );
}
simulator.kill('SIGTERM');
rmSync(folder, { recursive: true });
