import { expect, test } from 'vitest';
import { MICRO_PER_CREDIT } from '../../shared/domain/money.ts';
import { runScenario } from './run.ts';
import { smallScenario } from './scenario.ts';

test('the credits that were held for an item whose reference is not there return to the budget', async () => {
  const scenario = {
    ...smallScenario('deployed', []),
    file: 'prompt,references\na red fox,references/none.png\n',
    items: [1],
    rejected: [],
    budgets: { batchMicro: 2_000 * MICRO_PER_CREDIT },
  };

  const { violations } = await runScenario(scenario);

  expect(violations).toEqual([]);
});
