/**
 * What large files cost: rows a second taken into a local stage, the CPU and memory of `plan` of the same file, fresh and over
 * an equal earlier batch, and of `status` beside it. `node bench/ingest.ts [ROWS]`; each reading has a process of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEmbeddedStage } from '../local/stage/embedded-stage.ts';
import { systemClock } from '../shared/aws/system-clock.ts';
import { DEFAULT_BATCH_OPTIONS } from '../shared/domain/batch/batch.ts';
import { ingestUpload } from '../shared/pipeline/ingest/ingest.ts';
import { submitFile } from '../shared/pipeline/ingest/submit.ts';
import { readConfig } from '../shared/runtime/config.ts';
import { configuredProvider } from '../shared/runtime/configured-provider.ts';
import { createEffects } from '../shared/runtime/effects.ts';
import { favourMemory } from '../shared/runtime/heap.ts';

const COMMAND = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const FILE = 'prompts.csv';
/** Prints, as the last line on stderr, what the process took. */
const MEASURE = `data:text/javascript,process.on('exit',()=>{const {user,system}=process.cpuUsage();
process.stderr.write('\\n'+JSON.stringify({cpuS:(user+system)/1e6,peakMb:process.resourceUsage().maxRSS/1024}))})`;

const [first = '100000', folder] = process.argv.slice(2);
if (folder === undefined) await measureAll(Number(first));
else await measureIngest(Number(first), folder);

async function measureAll(rows: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
  try {
    await writeFile(join(folder, FILE), rows);
    command(folder, 'plan', rows, ['plan', FILE, '--home', 'empty', '--json']);
    const args = [fileURLToPath(import.meta.url), String(rows), folder];
    process.stdout.write(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    command(folder, 'plan over an equal earlier batch', rows, ['plan', FILE, '--json']);
    command(folder, 'status', rows, ['status', '--json']);
    command(folder, '--help', rows, ['--help']);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeFile(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('id,prompt,city\n');
  for (let row = 1; row <= rows; row += 1) {
    const prompt = `"A postcard of house number ${row}, in watercolour, with ""greetings"" from {{city}}"`;
    if (!file.write(`item-${row},${prompt},City ${row % 977}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function command(folder: string, name: string, rows: number, args: readonly string[]): void {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', MEASURE, COMMAND, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1024 ** 3,
  });
  if (status !== 0) throw new Error(`${name}: exit code ${status}: ${stderr}`);
  const { cpuS, peakMb } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '');
  print({ name, rows, seconds: secondsSince(startedMs), cpuS, peakMb });
}

async function measureIngest(rows: number, folder: string): Promise<void> {
  favourMemory();
  const config = readConfig({ home: join(folder, '.pressrun') }, {});
  const clock = systemClock();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const { clearLeftovers, close, ...ports } = await openEmbeddedStage(join(config.home, 'local'), clock);
  const effects = createEffects(config, {
    ...ports,
    provider: configuredProvider(config, {}, clock),
    clock,
    log,
  });
  const file = {
    name: FILE,
    contentType: 'text/csv',
    size: statSync(join(folder, FILE)).size,
    open: (from = 0) => createReadStream(join(folder, FILE), { start: from }),
  };
  const submitted = await submitFile(effects, file, DEFAULT_BATCH_OPTIONS);
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  const startedMs = performance.now();
  await ingestUpload(effects, { key: submitted.key }, () => Number.POSITIVE_INFINITY);
  const seconds = secondsSince(startedMs);
  await close();
  const { user, system } = process.cpuUsage();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  print({
    name: 'take in',
    rows,
    rowsPerSecond: rows / seconds,
    seconds,
    cpuS: (user + system) / 1e6,
    peakMb,
  });
}

function secondsSince(startedMs: number): number {
  return (performance.now() - startedMs) / 1000;
}

function print(reading: Readonly<Record<string, string | number>>): void {
  const rounded = Object.entries(reading).map(([name, value]) => {
    return [name, typeof value === 'number' ? Number(value.toPrecision(4)) : value];
  });
  process.stdout.write(`${JSON.stringify(Object.fromEntries(rounded))}\n`);
}
