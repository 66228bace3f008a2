/**
 * `growth.ts [ITEMS …]`: what an item of a batch costs `run` when the batch is larger: lines of JSON with the CPU time an item.
 * Images of 10 kB, answered at once, 50 calls at a time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChat } from './gate/chat.ts';
import { measured } from './gate/measured.ts';

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000];
const bin = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-growth-'));
const server = await startChat(10_000);
try {
  for (const items of sizes) {
    const own = join(folder, String(items));
    const file = join(folder, `${items}.csv`);
    const rows = Array.from({ length: items }, (_, index) => `a red fox number ${index + 1}\n`);
    writeFileSync(file, `prompt\n${rows.join('')}`);
    const places = ['--home', join(own, 'home'), '--out', join(own, 'out')];
    const { ms, cpuMs, peakMb } = await measured(
      [bin, 'run', file, '--json', '--concurrency', '50', ...places],
      { PRESSRUN_PROVIDER_URL: server.url, CORE_TODAY_API_KEY: 'cdt_bench' },
    );
    const figures = { items, seconds: Math.round(ms / 1_000), cpuMsAnItem: cpuMs / items, peakMb };
    console.log(JSON.stringify(figures, (_, value) => (typeof value === 'number' ? round(value) : value)));
    rmSync(own, { recursive: true });
  }
} finally {
  server.stop();
  rmSync(folder, { recursive: true });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
