import { describe, expect, type TestContext, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, testProvider } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const ITEMS = 24;

async function workplace({ onTestFinished }: TestContext): Promise<Workplace> {
  // Six at a time, so that the first is in its middle when the second begins.
  const work = await openWorkplace({ PRESSRUN_ITEMS_AT_ONCE: '6' });
  onTestFinished(work.close);
  await work.write('foxes.csv', csvOf('fox'));
  await work.write('herons.csv', csvOf('heron'));
  return work;
}

function csvOf(animal: string): string {
  return `prompt\n${Array.from({ length: ITEMS }, (_, index) => `a ${animal}, number ${index + 1}\n`).join('')}`;
}

const slowly = { latency: { medianMs: 700, p95Ms: 800 } };
const run = (file: string) => ['run', file, '--json'];

describe.concurrent('two runs in one home', () => {
  test('of different files both end with their images, and nothing is paid twice', async (context) => {
    const work = await workplace(context);
    const provider = await testProvider(context, slowly);
    const first = work.start(run('foxes.csv'), envOf(provider));
    await expect.poll(() => provider.totals().calls, { timeout: 10_000 }).toBeGreaterThan(0);

    const second = await work.run(run('herons.csv'), envOf(provider));
    const { code, stdout } = await first.ended;

    expect([code, second.code]).toEqual([0, 0]);
    expect(second.stderr).toMatch(/^PID \d+ \(since \d\d:\d\d\) is working in .* following it\n/);
    for (const out of [stdout, second.stdout]) expect(runResult(out).items).toMatchObject({ done: ITEMS });
    expect(runResult(second.stdout).images).toHaveLength(ITEMS);
    expect(provider.totals().calls).toBe(2 * ITEMS);
  });

  test('of the same file are one batch, which both follow', async (context) => {
    const work = await workplace(context);
    const provider = await testProvider(context, slowly);
    const first = work.start(run('foxes.csv'), envOf(provider));
    await expect.poll(() => provider.totals().calls, { timeout: 10_000 }).toBeGreaterThan(0);

    const second = await work.run(run('foxes.csv'), envOf(provider));
    const { code, stdout } = await first.ended;

    expect([code, second.code]).toEqual([0, 0]);
    expect(runResult(second.stdout)).toEqual(runResult(stdout));
    expect(provider.totals().calls).toBe(ITEMS);
  });

  test('the one that follows goes on with the work when the one that works is killed', async (context) => {
    const work = await workplace(context);
    const provider = await testProvider(context, slowly);
    const first = work.start(run('foxes.csv'), envOf(provider));
    await expect.poll(() => provider.totals().calls, { timeout: 10_000 }).toBeGreaterThan(0);
    const second = work.start(run('foxes.csv'), envOf(provider));
    await second.says('is working in');

    first.kill('SIGKILL');
    await first.ended;
    const { code, stdout, stderr } = await second.ended;

    expect(code).toBe(0);
    expect(stderr).toMatch(/PID \d+ .* has ended; this run generates the rest\n/);
    const result = runResult(stdout);
    expect(result.items).toMatchObject({ done: ITEMS, failed: 0 });
    const { creditsMicro } = provider.totals();
    expect(result.creditsMicro + result.creditsMaxUnknownMicro).toBeGreaterThanOrEqual(creditsMicro);
  });
});

describe.concurrent('beside a run in the same home', () => {
  test('commands that look do, and a server of the stage says who is there', async (context) => {
    const work = await workplace(context);
    const provider = await testProvider(context, slowly);
    const first = work.start(run('foxes.csv'), envOf(provider));
    await expect.poll(() => provider.totals().calls, { timeout: 10_000 }).toBeGreaterThan(0);

    const [worker, status, watch] = await Promise.all([
      work.run(['worker'], envOf(provider)),
      work.run(['status', '--json'], envOf(provider)),
      work.run(['status', '--watch', '--json'], envOf(provider)),
    ]);
    const { code, stdout } = await first.ended;

    expect(worker).toMatchObject({ code: 1, stdout: '' });
    expect(worker.stderr).toMatch(/^pressrun: .* is in use by PID \d+ .*`pressrun submit FILE`.*--home\n$/);
    expect(JSON.parse(status.stdout).batches).toMatchObject([{ state: 'running' }]);
    expect(watch.code).toBe(0);
    expect(watch.stdout.trim().split('\n').length).toBeGreaterThan(3);
    expect(code).toBe(0);
    expect(runResult(stdout).items.done).toBe(ITEMS);
    expect(provider.totals().calls).toBe(ITEMS);
  });
});
