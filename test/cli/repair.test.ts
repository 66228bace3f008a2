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
});
