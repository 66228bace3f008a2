/**
 * Thirty questions about a ledger of 13 months, asked of `pressrun cost` and answered a second time by SQL in SQLite over what
 * `cost --format csv` exports: both must agree to the micro-credit. With time and memory of the month and of the year.
 * Arguments: number of charges, and a folder that is kept and used again. One line of JSON a question; exit 1 on a difference.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { openEmbeddedStage } from '../local/stage/embedded-stage.ts';
import { systemClock } from '../shared/aws/system-clock.ts';
import { FIRST_DAY, LAST_DAY, writeMonths } from './months-of-charges.ts';

const CHARGES = Number(process.argv[2] ?? 1_000_000);
const command = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const home = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
if (!existsSync(join(home, 'local', 'stage.sqlite'))) {
  const stage = await openEmbeddedStage(join(home, 'local'), systemClock());
  print({ loaded: await writeMonths(stage.table, CHARGES) });
  await stage.close();
}

const YEAR = ['--from', FIRST_DAY, '--to', LAST_DAY];
const MONTH = ['--from', '2026-10-01', '--to', '2026-10-31'];
/** What is exported once: every dimension that a question asks by. */
const EXPORT = 'month,model,outcome,provider,price,size,user,tag:campaign';
const DAYS = 'day,model,outcome,provider';

interface Question {
  readonly by: string;
  readonly where?: string;
  readonly window?: readonly string[];
  /** Of the export by days, which knows no prices, sizes, users and tags. */
  readonly isOfDays?: true;
  readonly sql?: string;
}

/** `sql` is what `where` says, in SQL. */
const QUESTIONS: readonly Question[] = [
  { by: 'month' },
  { by: 'model' },
  { by: 'outcome' },
  { by: 'provider' },
  { by: 'price' },
  { by: 'size' },
  { by: 'user' },
  { by: 'tag:campaign' },
  { by: 'month,model' },
  { by: 'month,provider' },
  { by: 'month,user' },
  { by: 'month,outcome' },
  { by: 'model,size' },
  { by: 'model,price' },
  { by: 'provider,price' },
  { by: 'user,tag:campaign' },
  { by: 'tag:campaign,outcome' },
  { by: 'month,tag:campaign' },
  { by: 'day', isOfDays: true },
  { by: 'day,model', isOfDays: true },
  { by: 'day,outcome', isOfDays: true },
  { by: 'model', where: 'outcome!=image', sql: "outcome <> 'image'" },
  { by: 'user', where: 'outcome=unknown', sql: "outcome = 'unknown'" },
  { by: 'tag:campaign', where: 'user=ann', sql: "user = 'ann'" },
  { by: 'month', where: 'tag:campaign=c07', sql: `"tag:campaign" = 'c07'` },
  { by: 'size', where: 'provider=google,user!=bob', sql: "provider = 'google' AND user <> 'bob'" },
  {
    by: 'price',
    where: 'model=router-pro,model=google-flash',
    sql: "model IN ('router-pro', 'google-flash')",
  },
  { by: 'user', window: MONTH, sql: "month = '2026-10'" },
  { by: 'tag:campaign', window: MONTH, sql: "month = '2026-10'" },
  { by: 'day', window: MONTH, isOfDays: true, sql: "day BETWEEN '2026-10-01' AND '2026-10-31'" },
];
const SUMS = [
  'images',
  'attempts',
  'inputTokens',
  'textTokens',
  'imageTokens',
  'creditsMicro',
  'wasteMicro',
  'unknownMaxMicro',
];

const database = new DatabaseSync(':memory:');
for (const by of [EXPORT, DAYS]) await load(by);
let differences = 0;
for (const question of QUESTIONS) differences += await check(question);
print({ questions: QUESTIONS.length, differences });
for (const [what, args] of [
  ['month by day and model', ['cost', '--by', 'day,model', ...MONTH]],
  ['month by campaign, from charges', ['cost', '--by', 'tag:campaign', ...MONTH]],
  ['year by month and model', ['cost', '--by', 'month,model', ...YEAR]],
  ['year by campaign, from charges', ['cost', '--by', 'tag:campaign', ...YEAR]],
  ['year verified', ['cost', 'verify', ...YEAR]],
] as const) {
  const { seconds, maxRssMb } = await run(args, true);
  print({ what, seconds, maxRssMb });
}
if (process.argv[3] === undefined) rmSync(home, { recursive: true });
process.exitCode = differences === 0 ? 0 : 1;

/** A table of what `cost --format csv` exports, with a column each as its header has it. */
async function load(by: string): Promise<void> {
  const table = by === EXPORT ? 'charges' : 'days';
  const child = spawn(
    process.execPath,
    [command, 'cost', '--by', by, '--format', 'csv', ...YEAR, '--home', home],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let rows = 0;
  database.exec('BEGIN');
  let insert: ReturnType<typeof database.prepare> | undefined;
  for await (const cells of child.stdout.pipe(parse()) as AsyncIterable<string[]>) {
    if (insert === undefined) {
      const columns = cells.map((name) => `"${name}" ${SUMS.includes(name) ? 'INTEGER' : 'TEXT'}`);
      database.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
      insert = database.prepare(`INSERT INTO ${table} VALUES (${cells.map(() => '?').join(', ')})`);
      continue;
    }
    insert.run(...cells);
    rows += 1;
  }
  database.exec('COMMIT');
  print({ exported: by, rows });
}

/** How many figures differ. */
async function check({ by, where, window = YEAR, isOfDays, sql }: Question): Promise<number> {
  const args = ['cost', '--by', by, ...(where === undefined ? [] : ['--where', where]), ...window];
  const { stdout, seconds, maxRssMb } = await run([...args, '--json']);
  const answered: Record<string, string | number>[] = JSON.parse(stdout).rows;
  const names = by.split(',').map((name) => `"${name}"`);
  const computed = database
    .prepare(
      `SELECT ${names.join(', ')}, ${SUMS.map((name) => `SUM(${name}) AS ${name}`).join(', ')} FROM ${isOfDays ? 'days' : 'charges'}` +
        `${sql === undefined ? '' : ` WHERE ${sql}`} GROUP BY ${names.join(', ')}`,
    )
    .all();
  const keyOf = (row: Record<string, unknown>) =>
    by
      .split(',')
      .map((name) => row[name])
      .join(' ');
  const byKey = new Map(answered.map((row) => [keyOf(row), row]));
  const missing = Math.abs(answered.length - computed.length);
  const different = computed.flatMap((row) =>
    SUMS.filter((name) => Number(row[name]) !== Number(byKey.get(keyOf(row))?.[name])),
  );
  print({ by, where, lines: answered.length, differences: missing + different.length, seconds, maxRssMb });
  return missing + different.length;
}

/** The real command as a process of its own, its start included. */
async function run(args: readonly string[], isQuiet = false) {
  const tell = "process.on('exit',()=>process.stderr.write('rss '+process.resourceUsage().maxRSS))";
  const startedMs = performance.now();
  const child = spawn(process.execPath, [
    '--import',
    `data:text/javascript,${tell}`,
    command,
    ...args,
    '--home',
    home,
  ]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    if (!isQuiet) stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  await once(child, 'close');
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(2));
  return { stdout, seconds, maxRssMb: Math.round(Number(/rss (\d+)/.exec(stderr)?.[1]) / 1_024) };
}

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
