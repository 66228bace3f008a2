/**
 * A ledger of 13 months, by default of a million charges: thirty questions, asked of `pressrun cost` and answered a second time
 * by SQL in SQLite over what `cost --format csv` exports, and its totals once more by SQL over the rows of the stage: all must agree
 * to the micro-credit. Then the time and the peak memory of what a finance person asks, each command as a process of its own.
 * Arguments: number of charges, a folder that is kept and used again, and `questions` or `times` for one of the two.
 * One line of JSON each; exit 1 on a difference or a bound that is missed.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { formatCredits } from '../shared/domain/money/money.ts';
import { measured } from './gate/measured.ts';
import { openLedger } from './money/ledger.ts';
import { EXPORTS, MONTH, QUESTIONS, TIMED, YEAR } from './money/questions.ts';

const SECONDS = { month: 2, other: 15 };
const MEGABYTES = 300;
const SUMS = [
  'images',
  'attempts',
  'inputTokens',
  'textTokens',
  'imageTokens',
  'creditsMicro',
  'wasteMicro',
  'unknownMaxMicro',
] as const;
const SUMMED = SUMS.map((name) => `SUM(${name}) AS ${name}`).join(', ');

const [charges = '1000000', kept, only] = process.argv.slice(2);
const home = kept ?? mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const command = fileURLToPath(new URL('../cli/bin.js', import.meta.url));
const { prices, written, close } = await openLedger(home, Number(charges));
await close();
if (written !== undefined) print({ written });
const env = { PRESSRUN_PRICES: prices };
let misses = 0;
if (only !== 'times') await answerTwice();
if (only !== 'questions') await timeAll();
if (kept === undefined) rmSync(home, { recursive: true });
process.exitCode = misses === 0 ? 0 : 1;

async function answerTwice(): Promise<void> {
  const database = new DatabaseSync(':memory:');
  for (const name of ['charges', 'days'] as const) await exportTo(database, name);
  compareWithRows(database);
  for (const question of QUESTIONS) {
    const { by, where, window = YEAR, isOfDays, sql } = question;
    const filter = where === undefined ? [] : ['--where', where];
    const { rows } = JSON.parse(await pressrun(['cost', '--by', by, ...filter, ...window, '--json']));
    const names = by.split(',');
    const groups = names.map((name) => `"${name}"`).join(', ');
    const computed = database
      .prepare(
        `SELECT ${groups}, ${SUMMED} FROM ${isOfDays ? 'days' : 'charges'}` +
          `${sql === undefined ? '' : ` WHERE ${sql}`} GROUP BY ${groups}`,
      )
      .all();
    tell({ by, where, lines: rows.length }, differences(names, rows, computed));
  }
  await writeStatement(database);
  database.close();
}

/** A table of what `cost --format csv` exports, with a column each as its header has it. */
async function exportTo(database: DatabaseSync, table: keyof typeof EXPORTS): Promise<void> {
  const csv = await pressrun(['cost', '--by', EXPORTS[table], '--format', 'csv', ...YEAR]);
  const [header = [], ...rows]: string[][] = parse(csv);
  const isSum = new Set<string>(SUMS);
  const columns = header.map((name) => `"${name}" ${isSum.has(name) ? 'INTEGER' : 'TEXT'}`);
  database.exec(`CREATE TABLE ${table} (${columns.join(', ')}); BEGIN`);
  const insert = database.prepare(`INSERT INTO ${table} VALUES (${header.map(() => '?').join(', ')})`);
  for (const cells of rows) insert.run(...cells);
  database.exec('COMMIT');
  print({ exported: EXPORTS[table], lines: rows.length });
}

/** The export beside the charges as they stand in the stage's own database. */
function compareWithRows(database: DatabaseSync): void {
  const stage = new DatabaseSync(join(home, 'local', 'stage.sqlite'), { readOnly: true });
  const field = (path: string) => `json_extract(fields, '$.${path}')`;
  const sums = ['creditsMicro', 'images', 'split.inputTokens', 'split.textTokens', 'split.imageTokens'];
  const names = ['month', 'model', 'outcome', 'user'];
  const groups = [`substr(${field('at')}, 1, 7)`, ...names.slice(1).map(field)];
  const of = (what: readonly string[]) =>
    what.map((path) => `SUM(${field(path)}) AS ${path.replace('split.', '')}`).join(', ');
  const inStage = stage
    .prepare(
      `SELECT ${groups.map((group, nth) => `${group} AS "${names[nth]}"`).join(', ')}, COUNT(*) AS attempts, ${of(sums)}
       FROM rows WHERE pk >= 'CHARGES#' AND pk < 'CHARGES$' GROUP BY 1, 2, 3, 4`,
    )
    .all();
  const keys = names.map((name) => `"${name}"`).join(', ');
  const exported = database.prepare(`SELECT ${keys}, ${SUMMED} FROM charges GROUP BY ${keys}`).all();
  stage.close();
  const compared = ['attempts', ...sums.map((path) => path.replace('split.', ''))];
  tell({ by: 'rows of the stage', lines: inStage.length }, differences(names, exported, inStage, compared));
}

type Row = Readonly<Record<string, unknown>>;

function differences(
  names: readonly string[],
  answered: readonly Row[],
  computed: readonly Row[],
  sums: readonly string[] = SUMS,
): number {
  const keyOf = (row: Row) => names.map((name) => row[name]).join('\n');
  const byKey = new Map(answered.map((row) => [keyOf(row), row]));
  const different = computed.flatMap((row) =>
    sums.filter((name) => Number(row[name]) !== Number(byKey.get(keyOf(row))?.[name])),
  );
  return Math.abs(answered.length - computed.length) + different.length;
}

function statementPath(): string {
  return join(home, 'statement.csv');
}

/** The provider's statement of the month by days and models, which bills each unknown call that is left as nothing. */
async function writeStatement(database: DatabaseSync): Promise<void> {
  const rows = database
    .prepare(
      `SELECT day, model, SUM(creditsMicro) AS micro FROM days WHERE day >= '2026-10-01' GROUP BY 1, 2`,
    )
    .all();
  const lines = rows.map(({ day, model, micro }) => `${day},${model},${formatCredits(Number(micro))}\n`);
  writeFileSync(statementPath(), `Date,Model,Credits\n${lines.join('')}`);
}

async function timeAll(): Promise<void> {
  await pressrun(['budget', 'set', 'user:ann', '900000000']);
  const all = [
    ...TIMED,
    ['month beside a statement', ['reconcile', statementPath(), ...MONTH]],
    ['when budgets are reached', ['budget', 'forecast']],
    ['one row', ['cost', 'explain', ...someRow()]],
  ] as const;
  for (const [what, args] of all) {
    const { ms, cpuMs, peakMb } = await measured([command, ...args, '--home', home], env);
    const seconds = Number((ms / 1_000).toFixed(2));
    const atMost = what.startsWith('month') ? SECONDS.month : SECONDS.other;
    const isMissed = seconds > atMost || peakMb > MEGABYTES;
    misses += isMissed ? 1 : 0;
    const reading = {
      what,
      seconds,
      cpuSeconds: Number((cpuMs / 1_000).toFixed(2)),
      peakMb: Math.round(peakMb),
    };
    print(isMissed ? { ...reading, missed: `${atMost} s, ${MEGABYTES} MB` } : reading);
  }
}

/** Batch and number of a row that the stage has an item of. */
function someRow(): readonly string[] {
  const stage = new DatabaseSync(join(home, 'local', 'stage.sqlite'), { readOnly: true });
  const field = (name: string) => `json_extract(fields, '$.${name}') AS "${name}"`;
  const found = stage
    .prepare(
      `SELECT ${field('batch')}, ${field('row')} FROM rows WHERE pk >= 'BATCH#' AND pk < 'BATCH$' ORDER BY pk DESC LIMIT 1`,
    )
    .get();
  stage.close();
  return [String(found?.batch), String(found?.row)];
}

/** What a command prints. */
async function pressrun(args: readonly string[]): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 1e9 };
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args, '--home', home], options);
  return stdout;
}

function tell(reading: object, count: number): void {
  misses += count;
  print({ ...reading, differences: count });
}

function print(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
