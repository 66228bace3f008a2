import { describe, expect, test } from 'vitest';
import { statusJson } from '../../cli/json-output.ts';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe.concurrent('an operator', { timeout: 60_000 }, () => {
  test('generates failed items again: retry, then the same run', async (context) => {
    const work = await testWorkplace(context);
    const bad = await testProvider(context, {
      script: ({ prompt }) =>
        prompt.includes('number 2') ? { kind: 'failure', failure: 'blocked-content-filter' } : undefined,
    });
    const good = await testProvider(context, { seed: 'good' });
    await work.write('prompts.csv', prompts(4));
    const command = ['run', 'prompts.csv', '--json'];
    const first = runResult((await work.run(command, envOf(bad))).stdout);

    const wrongCode = await work.run(['retry', first.batch, '--only', 'blokced']);
    const retried = await work.run(['retry', first.batch]);
    const last = await work.run(command, envOf(good));

    expect(first.items).toMatchObject({ done: 3, failed: 1 });
    expect(wrongCode).toMatchObject({ code: 1, stdout: '' });
    expect(wrongCode.stderr).toMatch(
      /^pressrun: --only: there is no failure "blokced"; there are auth, .*\n$/,
    );
    expect(retried.code).toBe(0);
    expect(retried.stdout).toBe(
      `${first.batch}: 1 item queued for retry; to resume: \`pressrun run\` of the same file, or \`pressrun worker\`\n`,
    );
    expect(last.code).toBe(0);
    expect(runResult(last.stdout).items).toMatchObject({ done: 4, failed: 0 });
    expect(good.totals().billedCalls).toBe(1);
  });

  test('pauses a batch, which run respects with exit code 3, and resumes it', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { latency: { medianMs: 300, p95Ms: 400 } });
    await work.write('prompts.csv', prompts(60));
    const command = ['run', 'prompts.csv', '--json'];
    const env = { ...envOf(provider), PRESSRUN_ITEMS_AT_ONCE: '4' };
    const running = work.start(command, env);
    const batch = await untilBatch(work);

    const paused = await work.run(['pause', batch]);
    const stopped = await running.ended;
    const again = await work.run(command, env);
    const status = await work.run(['status', batch]);
    const resumed = await work.run(['resume', batch]);
    const last = await work.run(command, env);

    expect(paused.stdout).toBe(`${batch} is paused; to resume: \`pressrun resume ${batch}\`\n`);
    expect(stopped).toMatchObject({ code: 3 });
    expect(again).toMatchObject({ code: 3 });
    expect(again.stderr).toBe(`Paused: ${batch}: paused by hand\nTo resume: \`pressrun resume ${batch}\`\n`);
    expect(status.stderr).toContain(`\`pressrun resume ${batch}\``);
    expect(resumed.stdout).toContain('the pause is ended; to resume: `pressrun run` of the same file');
    expect(last.code).toBe(0);
    expect(provider.totals().billedCalls).toBe(60);
  });

  test('cancels a batch in progress: no call begins any more, those in progress are kept', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { latency: { medianMs: 300, p95Ms: 400 } });
    await work.write('prompts.csv', prompts(80));
    const env = { ...envOf(provider), PRESSRUN_ITEMS_AT_ONCE: '4' };
    const running = work.start(['run', 'prompts.csv', '--json'], env);
    const batch = await untilBatch(work);

    const cancelled = await work.run(['cancel', batch, '--json']);
    const ended = await running.ended;
    const again = await work.run(['cancel', batch]);

    const { items } = runResult(ended.stdout);
    expect(cancelled.code).toBe(0);
    expect(ended.code).toBe(2);
    expect(items.done + items.cancelled).toBe(80);
    expect(items.cancelled).toBeGreaterThan(0);
    expect(provider.totals().billedCalls).toBe(items.done);
    expect(again).toMatchObject({
      code: 1,
      stderr: `pressrun: ${batch} has already finished (complete); nothing to cancel\n`,
    });
  });

  test('ends the pauses that failures brought about', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, { key: 'cdt_right' });
    await work.write('prompts.csv', prompts(3));
    await work.run(['run', 'prompts.csv'], envOf(provider, 'cdt_wrong'));

    const list = await work.run(['status', '--json']);
    const resumed = await work.run(['resume', '--json']);
    const again = await work.run(['resume']);

    const [batch] = JSON.parse(list.stdout).batches;
    expect(statusJson.parse(batch).state).toBe('paused');
    expect(JSON.parse(resumed.stdout)).toEqual({ stage: 'local', ended: [{ model: '*', code: 'auth' }] });
    expect(again).toMatchObject({ code: 0, stdout: 'stage local is not paused\n' });
  });

  test('lists unconfirmed attempts, and reads paid responses again', async (context) => {
    const work = await testWorkplace(context);
    const provider = await testProvider(context, {
      script: ({ prompt }) =>
        prompt.includes('number 1')
          ? { kind: 'failure', failure: 'hang-up' }
          : { kind: 'failure', failure: 'bad-image-cut-off' },
    });
    await work.write('prompts.csv', prompts(2));
    const held = { ...envOf(provider), PRESSRUN_UNKNOWN: 'hold' };
    const run = await work.run(['run', 'prompts.csv', '--json'], held);
    const { batch, failures } = runResult(run.stdout);

    const unknown = await work.run(['status', batch, '--unknown', '--json']);
    const replayed = await work.run(['replay', batch]);

    expect(run.code).toBe(2);
    expect(failures.map(({ code }) => code)).toEqual(['unknown_outcome', 'bad_image']);
    expect(JSON.parse(unknown.stdout).unknown).toMatchObject([
      { batch, row: 1, variant: 1, outcome: 'unknown', creditsMaxUnknownMicro: expect.any(Number) },
    ]);
    expect(replayed.code).toBe(2);
    expect(replayed.stderr).toMatch(/^ {2}row 2: bad_image: /);
    expect(replayed.stdout).toBe(`${batch}: 1 kept, 0 became images, 1 still unusable\n`);
    expect(provider.totals().calls).toBe(2);
  });

  test('gets one line about a missing batch', async (context) => {
    const work = await testWorkplace(context);

    for (const command of ['cancel', 'retry', 'replay', 'pause', 'resume']) {
      const { code, stdout, stderr } = await work.run([command, 'nothing-0123456789']);

      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^pressrun: no batch "nothing-0123456789" in this stage\. .*\n$/);
    }
  });
});

type Work = Awaited<ReturnType<typeof testWorkplace>>;

/** Waits until a batch of which some images are made shows in another process. */
async function untilBatch(work: Work): Promise<string> {
  for (;;) {
    const { stdout } = await work.run(['status', '--json']);
    const [first] = stdout === '' ? [] : JSON.parse(stdout).batches;
    if (first !== undefined && first.items.done > 0) return first.batch;
  }
}
