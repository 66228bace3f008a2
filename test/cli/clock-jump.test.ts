import { describe, expect, type TestContext, test } from 'vitest';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

/** Sets the clock of the process by so much as soon as the file is there. */
const SETTABLE = (byMs: number, file: string) => `
  import { existsSync } from 'node:fs';
  const Machine = Date;
  let byMs = 0;
  const now = () => Machine.now() + byMs;
  globalThis.Date = class extends Machine {
    static now = now;
    constructor(...args) {
      super(...(args.length === 0 ? [now()] : args));
    }
  };
  const watch = setInterval(() => {
    if (!existsSync(${JSON.stringify(file)})) return;
    byMs = ${byMs};
    clearInterval(watch);
  }, 5).unref();
`;

describe.concurrent('a run whose machine sets its clock in the middle of a call', () => {
  test('back by an hour is reported, and the run pays once and ends', async (context) => {
    const said = "the machine's clock was set back by 1 h: calls in progress continue";
    expect(await runWith(context, -3_600_000, said)).toMatchObject({ code: 0, calls: 1 });
  });

  test('forward by an hour is reported, and the run pays once and ends', async (context) => {
    const said = 'the machine slept, or its clock was set forward, for 1 h: calls in progress continue';
    expect(await runWith(context, 3_600_000, said)).toMatchObject({ code: 0, calls: 1 });
  });
});

async function runWith(context: TestContext, byMs: number, said: string) {
  const called = Promise.withResolvers<void>();
  const script = () => void called.resolve();
  // Long enough that the clock is looked at before the answer comes.
  const provider = await testProvider(context, { latency: { medianMs: 1_500, p95Ms: 1_501 }, script });
  const work = await testWorkplace(context, envOf(provider));
  await work.write('prompts.csv', prompts(1));
  const preload = await work.write('settable.mjs', SETTABLE(byMs, work.path('now')));

  const run = work.start(['run', 'prompts.csv'], { NODE_OPTIONS: `--import=${preload}` });
  await called.promise;
  await work.write('now', '');
  await run.says(said);
  const { code } = await run.ended;
  return { code, calls: provider.totals().calls };
}
