import { expect, test } from 'vitest';
import { brokenPromises, race } from '../../budget-race/race.ts';
import { useEmulators } from '../../support/emulators.ts';

const emulators = useEmulators();

// The same with 1,000 items and 100 seeds: npm run test:budgets.
test('64 workers that race for a budget and are killed never exceed it, and leave nothing reserved', async () => {
  const options = { seed: 1, workers: 64, items: 120, budgetCredits: 4_000, kills: 10 };

  const result = await race(await emulators.freshTable(), options);

  expect(brokenPromises(options, result)).toEqual([]);
  expect(result.kills).toBeGreaterThan(2);
}, 60_000);
