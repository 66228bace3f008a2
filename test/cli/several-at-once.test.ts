import { describe, expect, type TestContext, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, testProvider } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const ITEMS = 12;
/** Several processes start in each test. */
const WITHIN_MS = 60_000;

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

/** A provider whose answers wait until they may come, so that one command is in its middle when another begins. */
async function heldProvider(context: TestContext) {
  const asked = Promise.withResolvers<void>();
  const mayAnswer = Promise.withResolvers<void>();
  const script = () => {
    asked.resolve();
    return undefined;
  };
  const clock = { now: Date.now, sleep: () => mayAnswer.promise };
  const provider = await testProvider(context, { script, clock });
  return { provider, asked: asked.promise, answer: () => mayAnswer.resolve() };
}

const run = (file: string) => ['run', file, '--json'];

describe.concurrent('two runs in one home', () => {
  test(
    'of different files both end with their images, and nothing is paid twice',
    async (context) => {
      const work = await workplace(context);
      const { provider, asked, answer } = await heldProvider(context);
      const first = work.start(run('foxes.csv'), envOf(provider));
      await asked;

      const second = work.start(run('herons.csv'), envOf(provider));
      await second.says('is working in');
      answer();
      const ends = await Promise.all([first.ended, second.ended]);

      expect(ends.map(({ code }) => code)).toEqual([0, 0]);
      expect(ends[1].stderr).toMatch(/^PID \d+ \(since \d\d:\d\d\) is working in .* following it\n/);
      for (const { stdout } of ends) expect(runResult(stdout).items).toMatchObject({ done: ITEMS });
      expect(runResult(ends[1].stdout).images).toHaveLength(ITEMS);
      expect(provider.totals().calls).toBe(2 * ITEMS);
    },
    WITHIN_MS,
  );

  test(
    'of the same file are one batch, which both follow',
    async (context) => {
      const work = await workplace(context);
      const { provider, asked, answer } = await heldProvider(context);
      const first = work.start(run('foxes.csv'), envOf(provider));
      await asked;

      const second = work.start(run('foxes.csv'), envOf(provider));
      await second.says('is working in');
      answer();
      const ends = await Promise.all([first.ended, second.ended]);

      expect(ends.map(({ code }) => code)).toEqual([0, 0]);
      expect(runResult(ends[1].stdout)).toEqual(runResult(ends[0].stdout));
      expect(provider.totals().calls).toBe(ITEMS);
    },
    WITHIN_MS,
  );

  test(
    'end well where the one that works is killed: the one that follows generates the rest',
    async (context) => {
      const work = await workplace(context);
      const { provider, asked, answer } = await heldProvider(context);
      const first = work.start(run('foxes.csv'), envOf(provider));
      await asked;
      const second = work.start(run('foxes.csv'), envOf(provider));
      await second.says('is working in');

      first.kill('SIGKILL');
      await first.ended;
      answer();
      const { code, stdout, stderr } = await second.ended;

      expect(code).toBe(0);
      expect(stderr).toMatch(/PID \d+ .* has ended; this run generates the rest\n/);
      const result = runResult(stdout);
      expect(result.items).toMatchObject({ done: ITEMS, failed: 0 });
      const { creditsMicro } = provider.totals();
      expect(result.creditsMicro + result.creditsMaxUnknownMicro).toBeGreaterThanOrEqual(creditsMicro);
    },
    WITHIN_MS,
  );
});

describe.concurrent('beside a run in the same home', () => {
  test(
    'commands that look do, and one that serves the stage says who is there',
    async (context) => {
      const work = await workplace(context);
      const { provider, asked, answer } = await heldProvider(context);
      const first = work.start(run('foxes.csv'), envOf(provider));
      await asked;

      const [worker, status] = await Promise.all([
        work.run(['worker'], envOf(provider)),
        work.run(['status', '--json'], envOf(provider)),
      ]);
      const watch = work.start(['status', '--watch', '--json'], envOf(provider));
      await watch.firstDocument();
      answer();
      const { code, stdout } = await first.ended;

      expect(worker).toMatchObject({ code: 1, stdout: '' });
      expect(worker.stderr).toMatch(/^pressrun: .* is in use by PID \d+ .*`pressrun submit FILE`.*--home\n$/);
      expect(JSON.parse(status.stdout).batches).toMatchObject([{ state: 'running' }]);
      expect(await watch.ended).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/"state":"complete".*\n$/),
      });
      expect(code).toBe(0);
      expect(runResult(stdout).items.done).toBe(ITEMS);
      expect(provider.totals().calls).toBe(ITEMS);
    },
    WITHIN_MS,
  );
});
