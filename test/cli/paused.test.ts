import { describe, expect, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe.concurrent('a cause that only you can fix pauses a run with exit code 3', () => {
  test('exits 3 on a rejected key, resumes with a valid one, never prints the key', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { key: 'cdt_right' });
    await work.write('prompts.csv', prompts(20));
    const command = ['run', 'prompts.csv', '--json'];

    const wrong = await work.run([...command, '--debug'], envOf(provider, 'cdt_wrong-and-secret'));
    const calls = provider.totals().calls;
    const right = await work.run(command, envOf(provider, 'cdt_right'));

    expect(wrong.code).toBe(3);
    expect(wrong.stderr).toMatch(
      /^Paused: auth: .*\nTo resume: .*CORE_TODAY_API_KEY, then run the same command again\n$/,
    );
    expect(wrong.stdout + wrong.stderr).not.toContain('cdt_wrong-and-secret');
    expect(runResult(wrong.stdout)).toMatchObject({
      state: 'paused',
      items: { done: 0, failed: 0, pending: 20 },
    });
    expect(calls).toBeLessThanOrEqual(16);
    expect(right).toMatchObject({ code: 0, stderr: '' });
    expect(runResult(right.stdout)).toMatchObject({ state: 'complete', items: { done: 20, failed: 0 } });
    expect(provider.totals()).toMatchObject({ billedCalls: 20 });
  });

  test('exits 3 when credits run out, keeps the images, pays nothing twice after a top-up', async (context) => {
    const work = await testWorkplace(context);
    const poor = await testProvider(context, { creditsMicro: 200_000_000, seed: 'poor' });
    const rich = await testProvider(context, { seed: 'rich' });
    await work.write('prompts.csv', prompts(6));
    const command = ['run', 'prompts.csv', '--json', '--home', 'elsewhere'];

    const paused = await work.run(command, { ...envOf(poor), PRESSRUN_ITEMS_AT_ONCE: '2' });
    const rest = await work.run(command, envOf(rich));

    const made = runResult(paused.stdout).items.done;
    expect(paused.code).toBe(3);
    expect(paused.stderr).toMatch(/^Paused: credits: .*\nTo resume: top up the credits/);
    expect(made).toBeGreaterThan(0);
    expect(rest.code).toBe(0);
    expect(rich.totals().billedCalls).toBe(6 - made);
    expect(runResult(rest.stdout).creditsMicro).toBe(poor.totals().creditsMicro + rich.totals().creditsMicro);
  });

  test("exits 3 within seconds if the address doesn't respond, and fails no item", async (context) => {
    const work = await testWorkplace(context);
    await work.write('prompts.csv', prompts(50));
    const nowhere = { PRESSRUN_PROVIDER_URL: 'http://127.0.0.1:1/v1', CORE_TODAY_API_KEY: 'cdt_x' };

    const { code, stdout, stderr } = await work.run(['run', 'prompts.csv', '--json'], nowhere);

    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^Paused: network: .*ECONNREFUSED.*\nTo resume: check PRESSRUN_PROVIDER_URL and the network/,
    );
    expect(runResult(stdout).items).toMatchObject({ failed: 0, pending: 50 });
  });
});

describe.concurrent('items that fail', () => {
  test('end a run with exit code 2, a line with the reason, and their cost beside the bill', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, {
      script: ({ prompt }) =>
        prompt.includes('number 2') ? { kind: 'failure', failure: 'blocked-content-filter' } : undefined,
    });
    await work.write('prompts.csv', prompts(3));

    const { code, stdout, stderr } = await work.run(['run', 'prompts.csv', '--json'], envOf(provider));

    const result = runResult(stdout);
    expect(code).toBe(2);
    expect(result.items).toMatchObject({ done: 2, failed: 1 });
    expect(result.failures).toEqual([{ row: 2, variant: 1, code: 'blocked', message: expect.any(String) }]);
    expect(stderr).toMatch(/^failed:\n {2}1 blocked \(row 2\): /);
    expect(result.creditsMicro).toBe(provider.totals().creditsMicro);
  });
});

describe.concurrent('a simulated run', () => {
  test('needs no key, prints that there was no charge, and keeps a ledger of its own', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context);
    await work.write('prompts.csv', prompts(2));

    const simulated = await work.run(['run', 'prompts.csv', '--simulate', '--sim-latency', '10']);
    const look = await work.run(['cost', '--json']);
    await work.run(['run', 'prompts.csv'], envOf(provider));
    const real = await work.run(['cost', '--json']);

    expect(simulated.code).toBe(0);
    expect(simulated.stderr).toMatch(
      /Simulated: no charge\. The ledger matches the simulator's bill \(2 calls, /,
    );
    expect(look.stderr).toContain('Showing simulated runs; nothing has been run for real yet.');
    expect(JSON.parse(look.stdout).total.images).toBe(2);
    expect(real.stderr).toBe('');
    expect(JSON.parse(real.stdout).total.creditsMicro).toBe(provider.totals().creditsMicro);
  });
});
