import { describe, expect, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe.concurrent('a worker on this machine', () => {
  test('is what a submitted file waits for: status lists it, and it is the latest', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    await work.write('first.csv', prompts(1));
    await work.run(['run', 'first.csv'], envOf(provider));
    await work.write('second.csv', prompts(2));
    const batch = (await work.run(['submit', 'second.csv'])).stdout.trim();

    const list = await work.run(['status']);
    const latest = await work.run(['status', 'latest', '--json']);
    const paused = await work.run(['pause', 'latest']);

    expect(list.stdout.split('\n')[1]).toMatch(new RegExp(`^${batch} +waiting for a worker `));
    expect(list.stdout.split('\n')[2]).toMatch(/^first-\S+ +complete /);
    expect(JSON.parse(latest.stdout)).toMatchObject({ batch, state: 'ingesting' });
    expect(paused.stderr).toContain(
      `the file of ${batch} isn't read yet: try again once a worker has read it`,
    );
  });

  test('generates submitted files; running the same file then generates nothing', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    const env = envOf(provider);
    await work.write('prompts.csv', prompts(4));

    const submitted = await work.run(['submit', 'prompts.csv', '--json']);
    const again = await work.run(['submit', 'prompts.csv']);
    const calls = provider.totals().calls;
    const worker = await work.run(['worker', '--until-idle'], env);
    const run = await work.run(['run', 'prompts.csv', '--json'], env);

    const { batch } = runResult(run.stdout);
    expect(submitted).toMatchObject({ code: 0, stderr: '', stdout: `${JSON.stringify({ batch })}\n` });
    expect(again).toMatchObject({ code: 0, stdout: `${batch}\n` });
    expect(again.stderr).toContain('it is the same batch');
    expect(calls).toBe(0);
    expect(worker).toMatchObject({ code: 0, stdout: '' });
    expect(worker.stderr).toContain(`${batch}: complete, 4 done, 0 failed, 0 pending`);
    expect(run.code).toBe(0);
    expect(provider.totals().calls).toBe(4);
  });

  test('ingests files copied into uploads/, reports refused ones, and leaves hidden ones', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    await work.write('.pressrun/local/objects/uploads/by hand.csv', prompts(2));
    await work.write('.pressrun/local/objects/uploads/no-prompts.csv', 'id,text\na,b\n');
    await work.write('.pressrun/local/objects/uploads/.DS_Store', 'x');

    const worker = await work.run(['worker', '--until-idle'], envOf(provider));
    const status = await work.run(['status', '--json']);

    expect(worker.code).toBe(2);
    expect(worker.stderr).toMatch(/by-hand\S*: complete, 2 done/);
    expect(worker.stderr).toMatch(/no-prompts\S*: refused: no column "prompt"/);
    expect(JSON.parse(status.stdout).batches).toHaveLength(2);
    expect(provider.totals().calls).toBe(2);
  });

  test('works until Ctrl-C, and with --until-idle exits paused when only you can help', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { key: 'cdt_right' });
    await work.write('prompts.csv', prompts(3));
    await work.run(['submit', 'prompts.csv']);

    const paused = await work.run(['worker', '--until-idle'], envOf(provider, 'cdt_wrong'));
    const worker = work.start(['worker'], envOf(provider, 'cdt_right'));
    await worker.says('complete, 3 done');
    worker.ctrlC();

    expect(paused.code).toBe(3);
    expect(paused.stderr).toMatch(/Paused: auth: .*\nTo resume: .*CORE_TODAY_API_KEY/);
    expect((await worker.ended).code).toBe(130);
  });

  test('drains on SIGTERM, as a container is stopped: calls in progress end and are stored, none begins', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { latency: { medianMs: 4_000, p95Ms: 4_001 } });
    const env = { ...envOf(provider), PRESSRUN_ITEMS_AT_ONCE: '2' };
    await work.write('prompts.csv', prompts(8));
    await work.run(['submit', 'prompts.csv']);

    const worker = work.start(['worker'], env);
    const bill = new URL('/bill', provider.url);
    const inFlight = async () => {
      const { inFlight }: { inFlight: number } = JSON.parse(await (await fetch(bill)).text());
      return inFlight;
    };
    await expect.poll(inFlight, { timeout: 60_000 }).toBe(2);
    worker.kill('SIGTERM');
    const { stderr } = await worker.ended;
    const calls = provider.totals().calls;
    const { batches } = JSON.parse((await work.run(['status', '--json'])).stdout);

    expect(stderr).toContain('Waiting for calls in progress');
    // A call may have ended and made room for another while the signal was on its way.
    expect(calls).toBeLessThanOrEqual(4);
    expect(batches).toMatchObject([{ items: { done: calls, pending: 8 - calls } }]);
  });

  test('status of a batch without a worker shows that it waits, and --watch that no worker runs', async (context) => {
    const work = await testWorkplace(context);
    await work.write('prompts.csv', prompts(1));
    const { stdout } = await work.run(['submit', 'prompts.csv', '--json']);
    const { batch } = JSON.parse(stdout);

    const status = await work.run(['status', batch, '--json']);
    const watch = await work.run(['status', batch, '--watch']);

    expect(status.code).toBe(0);
    expect(runResult(status.stdout)).toMatchObject({ batch, state: 'ingesting', images: [] });
    expect(watch.code).toBe(130);
    expect(watch.stderr).toContain('No worker is running. Start one: `pressrun worker`');
  });
});
