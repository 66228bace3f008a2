/**
 * `npm run bench`: pressrun beside its peers, round by round, and the ratios of their medians; writes bench/results.json.
 * `-- --check` fails where a ratio misses bench/targets.json. `--short` takes two benches, each beside one peer, in 3 rounds,
 * and writes nothing. Names of benches choose some of them.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'rolldown';
import { BENCHES, type Bench, type Contender } from './gate/benches.ts';
import { startChat } from './gate/chat.ts';
import type { Usage } from './gate/measured.ts';
import { type BenchResult, MEASURES, type Rounds, resultOf, resultsOf } from './gate/results.ts';
import { verdicts } from './gate/targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { check: { type: 'boolean' }, short: { type: 'boolean' }, rounds: { type: 'string' } },
});
const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
if (!existsSync(pathOf('node_modules/ai'))) throw new Error('first: npm ci --prefix bench');
if (!existsSync(pathOf('../dist/main.js'))) throw new Error('first: npm run build');

const rounds = Number(values.rounds ?? (values.short ? 3 : 5));
const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
try {
  const readOwn = join(folder, 'read-own.mjs');
  await build({
    input: pathOf('read-own.ts'),
    platform: 'node',
    output: { file: readOwn },
    logLevel: 'warn',
  });
  const chosen = BENCHES.filter(
    ({ name, short }) => (!values.short || short) && (positionals.length === 0 || positionals.includes(name)),
  );
  const whole = chosen.length === BENCHES.length;
  const measuredBenches: BenchResult[] = [];
  for (const bench of chosen) {
    const result = resultOf(bench, await roundsOf(bench, readOwn));
    measuredBenches.push(result);
    if (whole) write(measuredBenches);
    say(`\n${result.name}, median of ${result.rounds}`);
    for (const [by, { ms, cpuMs, peakMb, stallMs }] of Object.entries(result.medians)) {
      const cpu = (cpuMs / result.images).toFixed(1);
      say(`  ${by.padEnd(9)} ${ms} ms, CPU ${cpu} ms an image, ${peakMb} MB, longest stall ${stallMs} ms`);
    }
    for (const [by, ratios] of Object.entries(result.ratios)) {
      say(`  pressrun to ${by}: ${MEASURES.map((measure) => `${measure} ${ratios[measure]}`).join(', ')}`);
    }
  }
  const results = resultsOf(measuredBenches, new Date().toISOString());
  if (values.check) check(results);
} finally {
  rmSync(folder, { recursive: true });
}

/** What is measured so far: a run that is ended early keeps it. */
function write(benches: readonly BenchResult[]): void {
  const results = resultsOf(benches, new Date().toISOString());
  writeFileSync(pathOf('results.json'), `${JSON.stringify(results, null, 2)}\n`);
}

function check(results: Parameters<typeof verdicts>[0]): void {
  const all = verdicts(
    results,
    BENCHES.map(({ name }) => name),
  );
  say('');
  for (const { text } of all) say(text);
  if (all.some(({ isMissed }) => isMissed)) process.exitCode = 1;
}

/** Each round is one run by each contender, so that what slows the machine slows all of them. */
async function roundsOf(bench: Bench, readOwn: string): Promise<Rounds> {
  const server = await startChat(
    bench.imageBytes,
    bench.latency,
    bench.tls ? join(folder, 'cert.pem') : undefined,
  );
  const { short = 'fetch' } = bench;
  const contenders: readonly Contender[] = values.short ? ['pressrun', short] : bench.contenders;
  const usages = new Map<Contender, Usage[]>(contenders.map((by) => [by, []]));
  try {
    for (let round = 0; round < Math.min(rounds, bench.mostRounds ?? rounds); round += 1) {
      const place = { server, readOwn, folder: mkdtempSync(join(folder, 'round-')) };
      for (const [by, taken] of usages) taken.push(await bench.run(by, place));
      rmSync(place.folder, { recursive: true });
    }
  } finally {
    server.stop();
  }
  return usages;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
