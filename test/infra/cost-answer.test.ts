import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createHandler } from '../../functions/report/handler.ts';
import { answerReport } from '../../shared/pipeline/plan/answer-report.ts';
import { limit } from '../support/budgets.ts';
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

  test('forecasts a month with what is spent and queued, and when each budget will be reached', async () => {
    const world = await freshWorld();
    await limit(world.effects, 'month', 5_000);
    await workOff(world, await submit(world, csvOf(2)));
    await submit(world, 'prompt\na third fox\n');

    const answer = await createHandler(world.effects)({ forecast: 'month' });

    const spentMicro = world.simulator.totals().creditsMicro;
    expect(answer).toMatchObject({
      kind: 'forecast',
      forecast: {
        ...{ period: 'month', from: '2026-11-01', to: '2026-11-30', usdPerCredit: 0.001 },
        spent: { expectedMicro: spentMicro },
        queued: { items: 1, unpriced: 0 },
        budgets: [{ scope: 'month', spentMicro }],
      },
    });
  });

  test('refuses a forecast that reads too many items, and puts a large answer into the bucket', async () => {
    const world = await freshWorld();
    await submit(world, csvOf(3));

    expect(await answerReport(world.effects, { forecast: 'day' }, { mostCharges: 2 })).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining('it reads 3 charges and items one by one, and at most 2 at once'),
    });
    const stored = await answerReport(world.effects, { forecast: 'day' }, { mostBytesHere: 10 });
    if (stored.kind !== 'object') throw new Error(stored.kind);
    const object = await world.effects.store.get(stored.key);
    expect(object && (await json(object.body))).toMatchObject({ forecast: { queued: { items: 3 } } });
  });

  test('explains a row of a batch, or of the latest, from tokens to the credits that were spent', async () => {
    const world = await freshWorld();
    const batch = await submit(world, 'prompt,variants\na fox,2\n');
    await workOff(world, batch);
    const report = createHandler(world.effects);

    const answer = await report({ explain: { batch, row: 1 } });

    if (answer.kind !== 'explanation') throw new Error(JSON.stringify(answer));
    const { images } = answer.explanation;
    const lines = images.flatMap(({ attempts }) =>
      attempts.flatMap(({ explained }) => explained?.lines ?? []),
    );
    expect(images.map(({ variant, state }) => [variant, state])).toEqual([
      [1, 'done'],
      [2, 'done'],
    ]);
    expect(lines.reduce((sum, { tokens, microPerToken = 0 }) => sum + tokens * microPerToken, 0)).toBe(
      world.simulator.totals().creditsMicro,
    );
    expect(await report({ explain: { batch: 'latest', row: 1 } })).toEqual(answer);
  });

  test.each([
    ['a period that is none', { forecast: 'year' }, 'write {"forecast": PERIOD}.*day, month, quarter'],
    ['a forecast of some models', { forecast: 'month', where: 'model=x' }, 'and no more'],
    ['a row without a batch', { explain: { row: 1 } }, 'write {"explain"'],
    ['a row of no batch', { explain: { batch: 'latest', row: 1 } }, 'no row 1 of batch "latest"'],
  ])('answers %s with what to write', async (_, question, message) => {
    const world = await freshWorld();

    expect(await createHandler(world.effects)(question)).toMatchObject({
      kind: 'problem',
      message: expect.stringMatching(new RegExp(message.replaceAll(/[{}]/g, '\\$&'))),
    });
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
