import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { freshFolder, openStageIn } from '../support/sqlite.ts';

const PROCESSES = 4;
const LIMIT = 2_000;
const BUDGET = { pk: 'BUDGET#day:2026-11-28', sk: 'BUDGET' };

/** Takes from the budget, eight calls at a time, until it is refused; tells how often it was not. */
const SPENDER = `
  const { openEmbeddedStage } = await import(process.argv[1]);
  const clock = { now: Date.now, sleep: async () => undefined };
  const { table, close } = await openEmbeddedStage(process.argv[2], clock);
  const take = { kind: 'update', key: ${JSON.stringify(BUDGET)}, add: { usedMicro: 1 },
    onlyIf: { kind: 'atMost', field: 'usedMicro', value: ${LIMIT - 1} } };
  let written = 0;
  const spend = async () => {
    for (;;) {
      const hold = { kind: 'put', row: { pk: 'HOLD', sk: crypto.randomUUID() } };
      if ((await table.write([hold, take])).kind === 'refused') return;
      written += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, spend));
  await close();
  console.log(written);
`;

test('four processes that contend for one budget use all of it, and not one more', async () => {
  const folder = await freshFolder();
  const stage = await openStageIn(folder);
  await stage.table.write([{ kind: 'put', row: { ...BUDGET, usedMicro: 0 } }]);
  const module = fileURLToPath(new URL('../../local/stage/embedded-stage.ts', import.meta.url));
  const spend = async () => {
    const args = ['--input-type=module', '-e', SPENDER, module, folder];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    return Number(stdout);
  };

  const counts = await Promise.all(Array.from({ length: PROCESSES }, spend));

  expect(counts.reduce((sum, count) => sum + count)).toBe(LIMIT);
  expect(await stage.table.get(BUDGET)).toMatchObject({ usedMicro: LIMIT });
  let holds = 0;
  for await (const _ of stage.table.query({ pk: 'HOLD' })) holds += 1;
  expect(holds).toBe(LIMIT);
}, 60_000);
