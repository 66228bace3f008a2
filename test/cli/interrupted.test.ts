import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
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
  test('lets calls under way finish, exits with 130, and the same command makes nothing twice', async (context) => {
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
    expect(stopped.stderr).toContain('waiting for calls under way');
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
    await run.says('waiting for calls under way');
    run.ctrlC();
    const { code, stdout } = await run.ended;

    expect(code).toBe(130);
    expect(stdout).toBe('');
    await expect.poll(() => work.processes(), { timeout: 2_000 }).toEqual([]);
  });
});

describe.concurrent('Ctrl-C in a command that only looks', () => {
  test.for(['cost verify', 'plan prompts.csv'])(
    'ends `%s` at once with 130, whatever it waits for',
    async (line, context) => {
      const work = await workplace(context);
      const { url, asked } = await silentTable(context);
      const command = work.start(line.split(' '), { AWS_ENDPOINT_URL_DYNAMODB: url });
      await asked;

      command.ctrlC();

      expect(await command.ended).toMatchObject({ code: 130, stdout: '' });
      expect(await work.processes()).toEqual([]);
    },
  );
});

describe.concurrent('a command that is killed in the middle of a run', () => {
  test('leaves its images; the next run ends what was left running, and pays only for what was cut off', async (context) => {
    const work = await workplace(context);
    const simulator = work.start(['simulate', '--plain', '--latency', '150', '--json']);
    const { url = '', bill = '' } = await simulator.firstDocument();
    const run = work.start(RUN, envOf({ url }));
    await expect.poll(async () => (await totalsOf(bill)).billedCalls, { timeout: 10_000 }).toBeGreaterThan(8);

    run.kill('SIGKILL');
    await run.ended;
    const left = await work.processes();
    const rest = await work.run(RUN, envOf({ url }));
    const totals = await totalsOf(bill);
    simulator.kill('SIGTERM');
    await simulator.ended;

    const result = runResult(rest.stdout);
    expect(left.filter((line) => line.includes('dynoxide'))).toHaveLength(1);
    expect(rest.code).toBe(0);
    expect(result.items).toMatchObject({ done: ITEMS, failed: 0 });
    // What was under way when it died may have been billed: it is listed with the most that it can have cost.
    const cutOff = totals.billedCalls - ITEMS;
    expect(cutOff).toBeLessThanOrEqual(6);
    expect(result.creditsMicro).toBeLessThanOrEqual(totals.creditsMicro);
    expect(result.creditsMicro + result.creditsMaxUnknownMicro).toBeGreaterThanOrEqual(totals.creditsMicro);
    await expect(work.processes()).resolves.toEqual([]);
  });
});

describe.concurrent('a table server that is killed in the middle of a run', () => {
  test('ends it in one line within seconds; the same command makes the rest', async (context) => {
    const work = await workplace(context);
    const { provider, middle } = await slowProvider(context, { atCall: 8 });
    const run = work.start(RUN, envOf(provider));
    await middle;
    const stage = JSON.parse(await readFile(work.path('.pressrun/local/stage.json'), 'utf8'));

    process.kill(stage.dynoxide.pid, 'SIGKILL');
    const broken = await run.ended;
    const rest = await work.run(RUN, envOf(provider));

    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toMatch(
      /^pressrun: the servers of the local stage are gone .*same command again.*\n$/,
    );
    expect(rest.code).toBe(0);
    expect(runResult(rest.stdout).items).toMatchObject({ done: ITEMS, failed: 0 });
    expect(provider.totals().billedCalls).toBe(ITEMS);
  });
});

describe.concurrent('a second command in the same home', () => {
  test('is told to wait if it wants to work, may look, and does not disturb the first', async (context) => {
    const work = await workplace(context);
    const { provider, middle } = await slowProvider(context, { atCall: 1, medianMs: 1_200 });
    const env = envOf(provider);
    const first = work.start(RUN, env);
    await middle;

    const [second, status, watch] = await Promise.all([
      work.run(RUN, env),
      work.run(['status', '--json'], env),
      work.run(['status', '--watch', '--json'], env),
    ]);
    const { code, stdout } = await first.ended;

    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toMatch(
      /^pressrun: another pressrun \(process \d+\) is working in .*`pressrun submit`.*--home\n$/,
    );
    expect(JSON.parse(status.stdout).batches).toMatchObject([{ state: 'running' }]);
    expect(watch.code).toBe(0);
    expect(watch.stdout.trim().split('\n').length).toBeGreaterThan(3);
    expect(code).toBe(0);
    expect(runResult(stdout).items.done).toBe(ITEMS);
    expect(provider.totals().calls).toBe(ITEMS);
  });
});

async function totalsOf(bill: string): Promise<{ billedCalls: number; creditsMicro: number }> {
  const answer = await fetch(bill);
  return JSON.parse(await answer.text()).totals;
}
