import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { call } from './call.ts';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe.concurrent('the local stage as a server', () => {
  test('ingests dropped, submitted and scheduled files, copies the images, and stops cleanly at Ctrl-C', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    const env = envOf(provider);
    const dev = work.start(['dev'], env);
    await dev.says('drop files of prompts into uploads/');

    await work.write('uploads/dropped.csv', 'prompt\na heron\nan owl\n');
    await work.write('uploads/half.csv.part', prompts(2));
    await work.write('uploads/none.csv', 'id,text\na,b\n');
    const file = await work.write('prompts.csv', prompts(3));
    const beside = (...args: string[]) => call([...args, '--json', '--home', work.path('.pressrun')]);
    const submitted = await beside('submit', file);
    expect(submitted.code, submitted.stderr).toBe(0);
    const again = ['--variants', '2', '--template', '{{prompt}}, on {{date}}'];
    await beside('schedule', 'add', 'weekly', file, '--cron', '0 8 * * MON', ...again);
    const run = await beside('schedule', 'run', 'weekly');
    const { batch } = JSON.parse(submitted.stdout);
    await dev.says('schedule weekly: next ');
    await dev.says('uploads/none.csv: not taken: no column "prompt"');
    await dev.says(': complete, 2 done');
    await dev.says(`${batch}: complete, 3 done`);
    await dev.says(`${JSON.parse(run.stdout).batch}: complete, 6 done`);
    const status = await beside('status', batch);
    const cost = await beside('cost', '--by', 'tag:schedule');
    dev.ctrlC();
    const { code, stdout, stderr } = await dev.ended;

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/uploads\/dropped\.csv: batch dropped-\S+\n/);
    expect(stderr).toContain('stage local has stopped; the next start resumes it');
    expect(runResult(status.stdout)).toMatchObject({ items: { done: 3 } });
    expect(JSON.parse(cost.stdout).rows).toMatchObject([
      { 'tag:schedule': '', images: 5 },
      { 'tag:schedule': 'weekly', images: 6 },
    ]);
    expect(provider.totals().calls).toBe(11);
    expect((await readdir(work.path('out'))).length).toBe(3);
    expect(await readdir(work.path(`out/${batch}`))).toEqual(
      expect.arrayContaining(['row-1.png', 'row-2.png', 'row-3.png', 'manifest.csv', 'summary.json']),
    );
    await expect(work.processes()).resolves.toEqual([]);
  });

  test('makes nothing twice after a new start: the files are still in the folder', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    await work.write('uploads/dropped.csv', prompts(2));
    const first = work.start(['dev'], envOf(provider));
    await first.says('complete, 2 done');
    first.ctrlC();
    await first.ended;

    const second = work.start(['dev'], envOf(provider));
    await second.says(', which is known');
    second.ctrlC();

    expect((await second.ended).code).toBe(0);
    expect(provider.totals().calls).toBe(2);
  });

  test('lets calls in progress finish when it is stopped in the middle', async (context) => {
    const work = await testWorkplace(context, { PRESSRUN_ITEMS_AT_ONCE: '2' });
    let reached: () => void = () => undefined;
    const middle = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const latency = { medianMs: 400, p95Ms: 500 };
    let calls = 0;
    const script = () => {
      calls += 1;
      if (calls === 4) reached();
      return undefined;
    };
    const provider = await testProvider(context, { latency, script });
    await work.write('uploads/many.csv', prompts(12));
    const dev = work.start(['dev'], envOf(provider));
    await middle;

    dev.ctrlC();
    const { code, stderr } = await dev.ended;
    const status = await work.run(['status', '--json']);

    expect(code).toBe(0);
    expect(stderr).toContain('Waiting for calls in progress');
    const [batch] = JSON.parse(status.stdout).batches;
    expect(batch.items.done).toBe(provider.totals().billedCalls);
    expect(batch.creditsMicro).toBe(provider.totals().creditsMicro);
    expect(batch.items.done).toBeLessThan(12);
  });

  test('is for this machine only', async () => {
    const elsewhere = await call(['dev', '--stage', 'studio']);

    expect(elsewhere).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('pressrun worker --stage studio'),
    });
  });
});
