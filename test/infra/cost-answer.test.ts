import { describe, expect, test } from 'vitest';
import { createHandler } from '../../functions/report/handler.ts';
import { workOff } from '../support/work.ts';
import { csvOf, submit, useWorlds } from '../support/world.ts';

const freshWorld = useWorlds();
const DAY = '2026-11-21';

describe('the report function', () => {
  test('answers a cost question as JSON or CSV, with the same figures', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, csvOf(3)));
    const report = createHandler(world.effects);

    const json = await report({ from: DAY, to: DAY, by: ['day', 'outcome'], format: 'json' });
    const csv = await report({ from: DAY, to: DAY, by: ['day', 'outcome'], format: 'csv' });

    const total = world.simulator.totals().creditsMicro;
    expect(json).toMatchObject({ kind: 'report', report: { total: { images: 3, creditsMicro: total } } });
    if (csv.kind !== 'report' || csv.format !== 'csv') throw new Error(JSON.stringify(csv));
    const [header, line] = csv.csv.trim().split('\n');
    expect(header).toMatch(/^day,outcome,images,attempts,.*,creditsMicro,/);
    expect(line).toMatch(new RegExp(`^${DAY},image,3,3,.*,${total},`));
  });

  test.each([
    ['no question at all', null],
    ['a day that is none', { from: '2026-02-31', to: DAY }],
    ['days the wrong way round', { from: DAY, to: '2026-11-01' }],
    ['a dimension that there is not', { from: DAY, to: DAY, by: ['colour'] }],
    ['more than ten years', { from: '1999-01-01', to: DAY }],
  ])('answers %s with what is wrong about it', async (_, question) => {
    const world = await freshWorld();

    const answer = await createHandler(world.effects)(question);

    expect(answer).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining('not a cost question'),
    });
  });
});
