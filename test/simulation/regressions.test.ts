import { expect, test } from 'vitest';
import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';
import type { Fault } from './faults.ts';
import { runScenario } from './run.ts';
import { REFERENCE_KEY, smallScenario } from './scenario.ts';
import type { Step } from './scheduler.ts';
import type { Plant } from './world.ts';

test('the credits that were reserved for an item whose reference is not there return to the budget', async () => {
  const scenario = {
    ...smallScenario('deployed', []),
    file: 'prompt,references\na red fox,references/fox.png\n',
    items: [1],
    rejected: [],
    budgets: { batchMicro: 2_000 * MICRO_PER_CREDIT },
  };

  // It was kept when the file was read, and somebody has removed it since.
  const plant: Plant = (effects) => ({
    ...effects,
    store: {
      ...effects.store,
      get: async (key, from) =>
        key.startsWith('references/') && key !== REFERENCE_KEY
          ? undefined
          : await effects.store.get(key, from),
    },
  });

  const { violations } = await runScenario(scenario, { plant });

  expect(violations).toEqual([]);
});

test('an image that is adopted is recorded as one, wherever its adopter dies', {
  timeout: 60_000,
}, async () => {
  const steps: { number: number; about: string }[] = [];
  const onStep = ({ number, operation }: Step) =>
    void steps.push({ number, about: `${operation.name} ${operation.about()}` });
  await runScenario(smallScenario('deployed', []), { onStep });
  const put = steps.find(({ about }) => about.startsWith('store.put images/'))?.number ?? Number.NaN;

  for (let death = put + 1; death < put + 150; death += 1) {
    // The put seems to have failed: all stands still until a person resumes, and then the image is found.
    const faults: Fault[] = [
      { step: put, kind: 'fail-after', ms: 0 },
      { step: death, kind: 'die-after', ms: 0 },
    ];
    const { violations } = await runScenario(smallScenario('deployed', faults));
    expect(violations, `death at step ${death}`).toEqual([]);
  }
});

test('a claim whose reply is lost keeps no credits from other items for ever: the batch ends, or pauses at its budget', async () => {
  const scenario = { ...smallScenario('local', []), budgets: { batchMicro: 300 * MICRO_PER_CREDIT } };
  const claims: number[] = [];
  await runScenario(scenario, {
    onStep: ({ number, operation }: Step) => {
      if (operation.about().includes('state=working')) claims.push(number);
    },
  });

  expect(claims.length).toBeGreaterThan(0);
  for (const step of claims) {
    const faults: Fault[] = [{ step, kind: 'lost-reply', ms: 95_000 }];
    const { violations } = await runScenario({ ...scenario, faults });
    expect(violations, `lost at step ${step}`).toEqual([]);
  }
});
