import { expect, test } from 'vitest';
import { brokenPromises } from '../../kills/broken-promises.ts';
import { killWorkers } from '../../kills/kill-workers.ts';

// The same with 2,000 items and 300 kills, and leases that run out by themselves: npm run test:kills.
test('worker processes killed during calls lose no item, and the bill matches the ledger', async () => {
  const result = await killWorkers({
    seed: 1,
    items: 70,
    kills: 2,
    workers: 2,
    itemsAtOnce: 3,
    latencyMs: 100,
    timesFaster: 10,
    restart: true,
    withinMs: 40_000,
  });

  expect(brokenPromises(result)).toEqual([]);
  expect(result.kills).toBe(4);
}, 60_000);
