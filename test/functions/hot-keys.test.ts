import { expect, test } from 'vitest';
import { runInvocation } from '../../bench/costs/run-invocation.ts';
import { randomFrom } from '../../local/simulator/random.ts';

/** What a stage is worked out for in docs/scale.md, and what DynamoDB takes of one partition. */
const IMAGES_A_SECOND = 500;
const MOST_UNITS_A_SECOND = 1_000;

test('at 500 images a second, all of one batch, no partition of the table takes half of what DynamoDB allows', async () => {
  const setting = { slots: 50, timeoutMs: 900_000, callMs: 0, items: 400 };

  const { images, written } = await runInvocation({ ...setting, random: randomFrom('hot keys', 1).next });

  const busiest = [...written].sort(([, a], [, b]) => b - a).slice(0, 1);
  for (const [partition, units] of busiest) {
    expect((units / images) * IMAGES_A_SECOND, partition).toBeLessThan(MOST_UNITS_A_SECOND / 2);
  }
  expect(images).toBe(400);
});
