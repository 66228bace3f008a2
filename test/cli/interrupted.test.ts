import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, type TestContext, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';
import type { Workplace } from './workplace.ts';

const ITEMS = 24;
const RUN = ['run', 'prompts.csv', '--json'];
/** Six at a time, so that a run is in its middle when it is stopped. */
const SLOWLY = { PRESSRUN_ITEMS_AT_ONCE: '6' };

async function workplace(context: TestContext): Promise<Workplace> {
  const work = await testWorkplace(context, SLOWLY);
  await work.write('prompts.csv', prompts(ITEMS));
  return work;
}

/** A provider that tells when so many calls have been answered, and takes its time. */
async function slowProvider(
  context: TestContext,
  { atCall, medianMs = 150 }: { atCall: number; medianMs?: number },
) {
  let reached: () => void = () => undefined;
  const middle = new Promise<void>((resolve) => {
    reached = resolve;
  });
  let calls = 0;
  const provider = await testProvider(context, {
    latency: { medianMs, p95Ms: 1.5 * medianMs },
    script: () => {
      calls += 1;
      if (calls === atCall) reached();
      return undefined;
    },
  });
  return { provider, middle };
}

/** A table's server that never answers, and tells when it was asked. */
async function silentTable({ onTestFinished }: TestContext) {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const server = createServer(() => resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

describe.concurrent('Ctrl-C in the middle of a run', () => {
  test('lets calls in progress finish, exits with 130, and the same command makes nothing twice', async (context) => {
    const work = await workplace(context);
    const { provider, middle } = await slowProvider(context, { atCall: 10 });
    const run = work.start(RUN, envOf(provider));
    await middle;

    run.ctrlC();
    const stopped = await run.ended;
    const kept = runResult(stopped.stdout);
    const billed = provider.totals();
    const rest = await work.run(RUN, envOf(provider));

    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain('Waiting for calls in progress');
    expect(kept.items.done).toBe(billed.billedCalls);
    expect(kept.creditsMicro).toBe(billed.creditsMicro);
    expect(kept.items.pending).toBeGreaterThan(0);
    expect(rest.code).toBe(0);
    expect(provider.totals().billedCalls).toBe(ITEMS);
    expect(runResult(rest.stdout).creditsMicro).toBe(provider.totals().creditsMicro);
  });

  test('twice ends at once, with 130 and no process left', async (context) => {
    const work = await workplace(context);
    const { provider, middle } = await slowProvider(context, { atCall: 1 });
    const run = work.start(RUN, envOf(provider));
    await middle;

    run.ctrlC();
    await run.says('Waiting for calls in progress');
    run.ctrlC();
    const { code, stdout } = await run.ended;

    expect(code).toBe(130);
    expect(stdout).toBe('');
    await context.expect.poll(() => work.processes(), { timeout: 2_000 }).toEqual([]);
  });
});

describe.concurrent('Ctrl-C in a command that only looks', () => {
  test.for(['cost verify', 'plan prompts.csv'])(
    'ends `%s` at once with 130, whatever it waits for',
    async (line, context) => {
      const work = await workplace(context);
      const { url, asked } = await silentTable(context);
      const command = work.start([...line.split(' '), '--stage', 'lab'], {
        AWS_ENDPOINT_URL_DYNAMODB: url,
        AWS_ENDPOINT_URL_SQS: url,
        AWS_ACCESS_KEY_ID: 'any',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_REGION: 'us-east-1',
      });
      await asked;

      command.ctrlC();

      expect(await command.ended).toMatchObject({ code: 130, stdout: '' });
      expect(await work.processes()).toEqual([]);
    },
  );
});

describe.concurrent('a command that is killed in the middle of a run', () => {
  test('leaves its images and no process; the next run pays only for interrupted calls', async (context) => {
    const work = await workplace(context);
    const simulator = work.start(['simulate', '--plain', '--latency', '150', '--json']);
    const { url = '', bill = '' } = await simulator.firstDocument();
    const run = work.start(RUN, envOf({ url }));
    await context.expect
      .poll(async () => (await totalsOf(bill)).billedCalls, { timeout: 10_000 })
      .toBeGreaterThan(8);

    run.kill('SIGKILL');
    await run.ended;
    const left = await work.processes();
    const rest = await work.run(RUN, envOf({ url }));
    const totals = await totalsOf(bill);
    simulator.kill('SIGTERM');
    await simulator.ended;

    const result = runResult(rest.stdout);
    expect(left).toEqual([]);
    expect(rest.code).toBe(0);
    expect(result.items).toMatchObject({ done: ITEMS, failed: 0 });
    // What was in progress when it died may have been billed: it is listed with the most that it can have cost.
    const cutOff = totals.billedCalls - ITEMS;
    // Six calls, and two images that were being stored.
    expect(cutOff).toBeLessThanOrEqual(8);
    expect(result.creditsMicro).toBeLessThanOrEqual(totals.creditsMicro);
    expect(result.creditsMicro + result.creditsMaxUnknownMicro).toBeGreaterThanOrEqual(totals.creditsMicro);
    await expect(work.processes()).resolves.toEqual([]);
  });
});

async function totalsOf(bill: string): Promise<{ billedCalls: number; creditsMicro: number }> {
  const answer = await fetch(bill);
  return JSON.parse(await answer.text()).totals;
}
