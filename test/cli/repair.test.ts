import { open, rm } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

const TABLE = '.pressrun/local/stage.sqlite';

/** What disks, editors and people do to a file. */
const DAMAGES: Record<string, (path: string) => Promise<void>> = {
  'has a page of zeros in the middle of it': async (path) => {
    const file = await open(path, 'r+');
    for (const page of [3, 8, 9, 15]) await file.write(Buffer.alloc(4_096), 0, 4_096, page * 4_096);
    await file.close();
  },
  'is gone': async (path) => await rm(path),
};

describe('repair', () => {
  test.each(Object.keys(DAMAGES))(
    'gives each row its image back, and pays nothing, if the table %s',
    async (name) => {
      const simulator = await testProvider({ onTestFinished });
      const work = await testWorkplace({ onTestFinished }, envOf(simulator));
      const file = await work.write('p.csv', prompts(8));
      await work.run(['run', file]);
      await DAMAGES[name]?.(work.path(TABLE));

      const told = await work.run(['status', 'latest']);
      const repaired = await work.run(['repair', '--json']);
      const again = await work.run(['run', file, '--json']);
      const cost = await work.run(['cost', 'verify', '--json']);

      expect(told.stderr).not.toMatch(/malformed|file is not a database/);
      expect(JSON.parse(repaired.stdout)).toMatchObject({ batches: 1, adopted: 8, open: [], unread: [] });
      expect(JSON.parse(again.stdout)).toMatchObject({ state: 'complete', items: { done: 8, pending: 0 } });
      expect(simulator.totals().calls).toBe(8);
      expect(JSON.parse(again.stdout).creditsMicro).toBe(simulator.totals().creditsMicro);
      expect(JSON.parse(cost.stdout)).toMatchObject({ charges: 8, differences: [] });
    },
  );

  test('generates nothing of what has no image, such as rows that had failed, until you resume its batch', async () => {
    const simulator = await testProvider(
      { onTestFinished },
      {
        script: ({ prompt }) =>
          prompt.includes('number 2') ? { kind: 'failure', failure: 'blocked-content-filter' } : undefined,
      },
    );
    const work = await testWorkplace({ onTestFinished }, envOf(simulator));
    await work.run(['run', await work.write('p.csv', prompts(3))]);
    const { calls } = simulator.totals();
    await rm(work.path(TABLE));

    const repaired = await work.run(['repair']);
    const worked = await work.run(['worker', '--until-idle']);
    const callsOfWorker = simulator.totals().calls - calls;
    const [, resume = ''] = /`pressrun ([^`]+)`/.exec(repaired.stdout) ?? [];
    await work.run(resume.split(' '));
    await work.run(['worker', '--until-idle']);

    expect(repaired.stdout).toMatch(
      /^No image {2}p-\S+: 1 row, paused; to generate it: `pressrun resume p-\S+`$/m,
    );
    expect(worked.stderr).toContain('pressrun resume');
    expect(callsOfWorker).toBe(0);
    expect(simulator.totals().calls).toBe(calls + 1);
  });
});
