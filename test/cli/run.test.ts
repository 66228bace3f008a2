import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { costJson, type RunJson, runJson, statusJson } from '../../cli/json-output.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { runResult } from './contract.ts';
import { envOf } from './provider.ts';
import { type Ended, openWorkplace, POSTCARDS, type Workplace } from './workplace.ts';

/** Distinctive, so that it can be looked for wherever something is written. */
const KEY = 'cdt_this-key-is-a-secret-8d1f';

let simulator: Simulator;
let work: Workplace;
let first: Ended;
let again: Ended;
let result: RunJson;

beforeAll(async () => {
  simulator = await startSimulator({ pictures: 'plain', latency: { medianMs: 20, p95Ms: 40 } });
  work = await openWorkplace(envOf(simulator, KEY));
  first = await work.run(['run', POSTCARDS, '--debug']);
  again = await work.run(['run', POSTCARDS, '--json']);
  result = runResult(again.stdout);
}, 30_000);

afterAll(async () => {
  await work.close();
  await simulator.close();
});

describe('running a file', () => {
  test('generates its images, prints only the result on stdout, and exits 0', () => {
    expect(first.code).toBe(0);
    expect(first.stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
      expect.stringMatching(/^Complete: 27 images, 2,\d{3}\.\d credits \(≈ \$2\.\d\d\), \d+ s$/),
      'Batch',
      'Images',
      'Next:',
      '',
      '',
    ]);
    expect(first.stdout).toContain('Next:     pressrun dashboard   shows them');
    expect(first.stdout).toContain(`out/${result.batch}`);
    expect(first.stderr).toMatch(/^columns {2}id, name, prompt.*\n\d+/);
  });

  test('puts images, manifest and summary into out/<batch>', async () => {
    const names = await readdir(work.path(`out/${result.batch}`));
    const manifest = await readFile(work.path(`out/${result.batch}/manifest.csv`), 'utf8');
    const summary = JSON.parse(await readFile(work.path(`out/${result.batch}/summary.json`), 'utf8'));

    const images = result.images.map(({ file }) => basename(file));
    const files = ['manifest.csv', 'manifest.jsonl', 'rejected.csv', 'summary.json'];
    expect(names.sort()).toEqual([...images, ...files].sort());
    expect(images).toContain('Reykjavík-in-winter.png');
    expect(manifest).toContain('Reykjavík-in-winter');
    expect(summary).toMatchObject({ batch: result.batch, state: 'complete', items: { done: 27 } });
  });

  test('generates nothing twice when run again: one call an image on the bill', () => {
    expect(again.code).toBe(0);
    expect(simulator.totals().calls).toBe(27);
    expect(result.creditsMicro).toBe(simulator.totals().creditsMicro);
  });

  test('with --json prints exactly one document with the fields of the contract, and no progress', async () => {
    expect(again.stderr).toBe('');
    expect(result).toMatchObject({ state: 'complete', rejected: 0, creditsMaxUnknownMicro: 0, failures: [] });
    expect(result.items).toEqual({ done: 27, reused: 0, failed: 0, cancelled: 0, pending: 0 });
    for (const { file, sha256 } of result.images) {
      const bytes = await readFile(work.path(file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });

  test('never writes the key: not to stdout, stderr, the log, the table or any other file', async () => {
    const files = await readdir(work.folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((each) => each.isFile())) {
      const bytes = await readFile(`${file.parentPath}/${file.name}`);
      expect(bytes.includes(KEY), file.name).toBe(false);
    }
    expect(files.map(({ name }) => name)).toEqual(expect.arrayContaining(['pressrun.log', 'stage.sqlite']));
    expect(first.stdout + first.stderr + again.stdout).not.toContain(KEY);
  });
});

describe('read-only commands', () => {
  test('status lists the newest batches; with an id it has the fields that run ends with', async () => {
    const [list, text, one] = await Promise.all([
      work.run(['status', '--json']),
      work.run(['status', result.batch]),
      work.run(['status', result.batch, '--json']),
    ]);

    expect(JSON.parse(list.stdout).batches.map((each: unknown) => statusJson.parse(each))).toMatchObject([
      { batch: result.batch, state: 'complete' },
    ]);
    expect(text.stdout).toContain('Complete: 27 images');
    const { images, ...counts } = runResult(one.stdout);
    const { images: made, ...expected } = result;
    expect(counts).toEqual(expected);
    expect(images.map(({ sha256 }) => sha256)).toEqual(made.map(({ sha256 }) => sha256));
  });

  test('status --watch --json prints a document a line and ends with the batch', async () => {
    const { code, stdout } = await work.run(['status', '--watch', '--json']);

    const lines = stdout.trim().split('\n');
    expect(code).toBe(0);
    expect(lines.slice(0, -1).map((line) => statusJson.parse(JSON.parse(line)).state)).toEqual(['complete']);
    expect(runJson.parse(JSON.parse(lines.at(-1) ?? '')).images).toHaveLength(27);
  });

  test("cost --json has the contract's fields for every dimension, and its total is the bill", async () => {
    const dimensions = [
      ['day'],
      ['model'],
      ['batch'],
      ['outcome'],
      ['day', 'model', 'batch'],
      ['week', 'basis', 'tag:campaign'],
    ];

    const reports = await Promise.all(
      dimensions.map(async (by) => {
        const { stdout, code } = await work.run(['cost', '--json', '--by', by.join(',')]);
        expect(code).toBe(0);
        return costJson(by).parse(JSON.parse(stdout));
      }),
    );

    for (const [index, report] of reports.entries()) {
      expect(report.by).toEqual(dimensions[index]);
      expect(report.total).toMatchObject({ images: 27, attempts: 27, wasteMicro: 0, unknownMaxMicro: 0 });
      expect(report.total.creditsMicro).toBe(simulator.totals().creditsMicro);
    }
  }, 20_000);

  test('cost verify finds every roll-up to be the sum of its charges', async () => {
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

    const { code, stdout } = await work.run(['cost', 'verify', '--json', '--from', yesterday]);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ from: yesterday, charges: 27, differences: [] });
  });

  test('doctor finds everything in place, without a call', async () => {
    const { code, stdout } = await work.run(['doctor', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(simulator.totals().calls).toBe(27);
  });

  test('prices shows the price in use, and since when', async () => {
    const { code, stdout } = await work.run(['prices']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/flash-2025-11 +gemini-3\.1-flash-image-preview +2025-11-01 +yes.* 67\.2 /);
  });
});
