import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  ConfigError,
  createPressrun,
  type Item,
  type PressrunOptions,
  type RunEvent,
  UsageError,
} from '../../library/index.ts';

const QUICK = { pictures: 'plain', latency: { medianMs: 5, p95Ms: 10 } } as const;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'pressrun-library-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

async function simulated(options: PressrunOptions = {}) {
  const home = await folder();
  const pressrun = createPressrun({ home, simulate: QUICK, ...options });
  onTestFinished(() => pressrun.close());
  return pressrun;
}

const FOXES = {
  name: 'foxes',
  rows: [
    { id: 'red', prompt: 'a red fox', tags: 'campaign=spring' },
    { id: 'blue', prompt: 'a blue fox', tags: 'campaign=autumn' },
  ],
};

describe('the library', () => {
  test('says why a row was rejected, in the result of the run and in the status', async () => {
    const pressrun = await simulated();
    const rows = [
      { prompt: 'a red fox' },
      { id: 'none', prompt: '' },
      { prompt: 'a blue fox', aspect_ration: '3:2' },
    ];

    const result = await pressrun.run({ name: 'foxes', rows }).result;

    expect(result).toMatchObject({ items: { done: 1 }, rejected: 2 });
    expect(result.rejectedLines).toMatchObject([
      { row: 2, column: 'prompt', reason: 'prompt is empty' },
      { row: 3, column: 'aspect_ration', reason: expect.stringContaining('did you mean "aspect_ratio"') },
    ]);
    expect((await pressrun.status()).rejectedLines).toEqual(result.rejectedLines);
  });

  test('plans, makes, accounts for and hands over the rows that a program gives it', async () => {
    const pressrun = await simulated();

    const plan = await pressrun.plan(FOXES, { variants: 2 });
    expect(plan.items).toMatchObject({ new: 4, reused: 0 });

    const events: RunEvent[] = [];
    const run = pressrun.run(FOXES, { variants: 2 });
    for await (const event of run) events.push(event);
    const result = await run.result;

    expect(result).toMatchObject({ state: 'complete', items: { done: 4, failed: 0, pending: 0 } });
    expect(result.batch).toMatch(/^foxes-/);
    expect(events.filter(({ kind }) => kind === 'image')).toHaveLength(4);
    expect(events.findLast(({ kind }) => kind === 'status')).toMatchObject({ status: { state: 'complete' } });

    const cost = await pressrun.cost({ by: ['tag:campaign'] });
    expect(cost.total.creditsMicro).toBe(result.creditsMicro);
    expect(cost.rows.map((row) => row.images)).toEqual([2, 2]);

    const items: Item[] = [];
    for await (const item of pressrun.items('foxes')) items.push(item);
    expect(items.map(({ id, variant }) => [id, variant])).toEqual([
      ['red', 1],
      ['red', 2],
      ['blue', 1],
      ['blue', 2],
    ]);

    const out = await folder();
    const settings = { name: '{tag:campaign}/{id}-{variant}' };
    expect(await pressrun.download('latest', out, settings)).toMatchObject({ copied: 4, kept: 0 });
    expect(await readdir(join(out, 'spring'))).toEqual(['red-1.png', 'red-2.png']);
    expect(await pressrun.download('latest', out, settings)).toMatchObject({ copied: 0, kept: 4 });
    const [first] = items;
    expect(first?.state).toMatchObject({ kind: 'done', image: { type: 'image/png' } });
    expect((await readFile(join(out, 'spring/red-1.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  test('generates the same rows once, however often they are run, and accepts a file', async () => {
    const pressrun = await simulated();
    const path = join(await folder(), 'foxes.csv');
    await writeFile(path, 'prompt,AspectRatio\na red fox,3:2\n');

    const first = await pressrun.run(path).result;
    const again = pressrun.run(path);
    const notes: string[] = [];
    for await (const event of again) if (event.kind === 'note') notes.push(event.message);

    expect((await again.result).batch).toBe(first.batch);
    expect((await pressrun.cost()).total).toMatchObject({ attempts: 1, creditsMicro: first.creditsMicro });
    expect(notes.join()).toContain('AspectRatio');
  });

  test('stops at its signal, keeps its images, and resumes when run again', async () => {
    const pressrun = await simulated({ concurrency: 1 });
    const rows = Array.from({ length: 12 }, (_, index) => ({ prompt: `fox number ${index}` }));
    const stopping = new AbortController();

    const run = pressrun.run({ rows }, { signal: stopping.signal });
    for await (const event of run) if (event.kind === 'image') stopping.abort();
    const stopped = await run.result;
    const ended = await pressrun.run({ rows }).result;

    expect(stopped.state).toBe('running');
    expect(stopped.images.length).toBeGreaterThan(0);
    expect(stopped.images.length).toBeLessThan(12);
    expect(ended.images).toHaveLength(12);
    expect((await pressrun.cost()).total.attempts).toBe(12);
  });

  test('leaves submitted rows to workers', async () => {
    const pressrun = await simulated();

    const { batch, isNew } = await pressrun.submit(FOXES);
    const again = await pressrun.submit(FOXES);
    const result = await pressrun.run(FOXES).result;

    expect(isNew).toBe(true);
    expect(again).toEqual({ batch, isNew: false });
    expect(result).toMatchObject({ batch, state: 'complete' });
  });

  test('pauses at a budget, and reports it', async () => {
    const pressrun = await simulated({ concurrency: 1 });

    const result = await pressrun.run(FOXES, { budget: 100, name: 'tight' }).result;

    expect(result.state).toBe('paused');
    expect(result.pauses).toMatchObject([{ by: 'budget', limitMicro: 100_000_000 }]);
  });

  test.each([
    ['a setting that there is not', { aspectRatio: '17x' }, /aspect-ratio: /],
    ['a model that nobody serves', { model: 'dall-e-9' }, /unknown model "dall-e-9"/],
    ['a tag that would be two', { tags: { 'a;b': 'c' } }, /tags: /],
  ])('refuses %s before anything is sent', async (_, settings, message) => {
    const pressrun = await simulated();

    await expect(pressrun.plan(FOXES, settings)).rejects.toThrow(UsageError);
    await expect(pressrun.plan(FOXES, settings)).rejects.toThrow(message);
  });

  test("reports a run that can't start in its result and in its loop", async () => {
    const pressrun = await simulated();
    const run = pressrun.run('no-such-file.csv');

    const loop = async () => {
      for await (const _ of run);
    };

    await expect(loop()).rejects.toThrow('no-such-file.csv: there is no such file');
    await expect(run.result).rejects.toThrow(UsageError);
  });

  test('refuses a configuration that is not there', async () => {
    expect(() => createPressrun({ config: 'nowhere.json' })).toThrow(ConfigError);
  });
});
