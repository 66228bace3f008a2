import { expect, test } from 'vitest';
import { answerCost } from '../../../shared/pipeline/money/cost-answer.ts';
import { workOff } from '../../support/work.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

test('the report function filters, sorts, pages, and refuses questions that read too many charges', async () => {
  const world = await freshWorld();
  await workOff(world, await submit(world, 'prompt,tags\nfox,who=ann\nhare,who=bob\ncat,who=bob\n'));
  const day = new Date(world.clock.now()).toISOString().slice(0, 10);
  const ask = (more: object, limits = {}) =>
    answerCost(world.effects, { from: day, to: day, by: ['tag:who'], ...more }, limits);

  expect(await ask({ sort: 'images', top: 1 })).toMatchObject({
    report: { rows: [{ 'tag:who': 'bob', images: 2 }], leftOut: 1, total: { images: 3 } },
  });
  expect(await ask({ sort: 'images', skip: 1 })).toMatchObject({ report: { rows: [{ 'tag:who': 'ann' }] } });
  expect(await ask({ where: 'tag:who!=bob' })).toMatchObject({ report: { total: { images: 1 } } });
  for (const wrong of [{ where: 'nonsense' }, { sort: 'nonsense' }, { top: 0 }]) {
    expect(await ask(wrong)).toMatchObject({ kind: 'problem' });
  }
  expect(await ask({}, { mostCharges: 2 })).toMatchObject({
    kind: 'problem',
    message: expect.stringContaining('it reads 3 charges one by one, and at most 2 at once'),
  });
  expect(await ask({ by: ['model'] }, { mostCharges: 2 })).toMatchObject({ kind: 'report' });
});

test('the report function compares with the time before, and writes CSV at a rate and for a language that you name', async () => {
  const world = await freshWorld();
  await workOff(world, await submit(world, 'prompt\nfox\n'));
  const day = new Date(world.clock.now()).toISOString().slice(0, 10);
  const ask = (more: object) => answerCost(world.effects, { from: day, to: day, by: ['model'], ...more });
  const { creditsMicro } = world.simulator.totals();

  expect(await ask({ compare: 'previous' })).toMatchObject({
    kind: 'comparison',
    comparison: { total: { creditsMicro, beforeMicro: 0, differenceMicro: creditsMicro } },
  });
  expect(await ask({ compare: { from: day, to: day } })).toMatchObject({
    comparison: { before: { from: day, to: day }, total: { change: 0 } },
  });
  expect(await ask({ format: 'csv', csvLocale: 'de', usdPerCredit: 0.5 })).toMatchObject({
    csv: expect.stringMatching(/^\ufeffmodel;.*;0,5;USD;the rate that was asked for\n$/s),
  });
  for (const wrong of [{ csvLocale: 'no such' }, { usdPerCredit: 0 }, { compare: 'x' }]) {
    expect(await ask(wrong)).toMatchObject({ kind: 'problem' });
  }
  expect(await ask({ compare: 'previous', format: 'csv' })).toMatchObject({ kind: 'problem' });
});
