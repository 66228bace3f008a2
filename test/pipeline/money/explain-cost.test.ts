import { expect, test } from 'vitest';
import { explainText } from '../../../cli/commands/money/explain-text.ts';
import { priceOfSplit } from '../../../shared/domain/money/charge.ts';
import { MICRO_PER_CREDIT } from '../../../shared/domain/money/money.ts';
import { explainRow } from '../../../shared/pipeline/money/explain-cost.ts';
import { workOff } from '../../support/work.ts';
import { submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();

test('each attempt at a row is explained from tokens to the credits that are recorded, to the micro-credit', async () => {
  const world = await freshWorld({
    script: ({ nth }) => (nth === 0 ? { kind: 'failure', failure: 'text-only' } : undefined),
  });
  const batch = await submit(world, 'prompt,variants\na fox,2\n');
  await workOff(world, batch);

  const items = await explainRow(world.effects, batch, 1);

  const explained = items.flatMap(({ attempts }) => attempts.flatMap((each) => each.explained ?? []));
  const bookedMicro = explained.reduce((sum, { charge }) => sum + charge.creditsMicro, 0);
  expect(items.map(({ item, earlierMicro }) => [item.variant, item.state.kind, earlierMicro])).toEqual([
    [1, 'done', 0],
    [2, 'done', 0],
  ]);
  expect(explained).toHaveLength(3);
  expect(bookedMicro).toBe(world.simulator.totals().creditsMicro);
  for (const { charge, price, lines } of explained) {
    const micro = lines.reduce(
      (sum, { tokens, microPerToken = Number.NaN }) => sum + tokens * microPerToken,
      0,
    );
    expect(micro).toBe(charge.creditsMicro);
    expect(price && priceOfSplit(charge.split, price)).toBe(charge.creditsMicro);
  }
  const text = explainText(items);
  expect(text).toContain('waste: it brought no image that is kept');
  expect(text).toContain(`total: ${(items[0]?.item.creditsMicro ?? 0) / MICRO_PER_CREDIT} credits`);
  expect(await explainRow(world.effects, batch, 2)).toEqual([]);
});
