import { expect, test } from 'vitest';
import { parseConfiguration } from '../../../shared/domain/configuration/configuration.ts';
import { attemptOf, chargeOfAnswer, chargeOfUnknown } from '../../../shared/pipeline/money/attempt.ts';
import { chargeToRow, rowToCharge } from '../../../shared/pipeline/rows/charge-row.ts';
import { newItemRow, rowToItem } from '../../../shared/pipeline/rows/item-row.ts';
import { attemptIdFrom, BATCH, CONTENT, chargeOf, specOf } from '../../support/specimens.ts';
import { NOON_MS } from '../../support/test-clock.ts';

const { providers, models, prices } = parseConfiguration({
  providers: { router: { baseUrl: 'https://router.test/v1', usdPerCredit: 0.002 } },
  models: { routed: { provider: 'router' } },
  prices: [
    {
      name: 'routed-1',
      model: 'routed',
      from: '2026-01-01',
      source: 'test',
      usdPerMillion: { input: 1, text: 6, image: 60 },
    },
  ],
});

test("a charge has its provider, the rate of its credits, and the provider's own figure", () => {
  const attempt = attemptFor('routed');
  const usage = { promptTokens: 10, completionTokens: 1220, totalTokens: 1230, imageTokens: 1120 };

  const charge = chargeOfAnswer(attempt, 'text_only', { usage: { ...usage, costUsd: 0.0679 }, images: [] });

  expect(charge).toMatchObject({ provider: 'router', rate: 0.002, costUsd: 0.0679, usage });
  expect(charge.usage, 'said once').not.toHaveProperty('costUsd');
  expect(charge.creditsMicro, 'dollars at that rate').toBe((10 * 1 + 100 * 6 + 1120 * 60) / 0.002);
  expect(rowToCharge(chargeToRow(charge))).toEqual(charge);
  expect(chargeOfUnknown(attempt)).toMatchObject({ provider: 'router', rate: 0.002, usage: undefined });
});

test('a charge that was recorded before there were several providers is of Core.Today, at its rate', () => {
  const { provider: _, rate: __, ...row } = chargeToRow(chargeOf('image'));

  expect(rowToCharge({ ...row, pk: 'CHARGES#2026-11-21#1', sk: 'x' })).toMatchObject({
    provider: 'core-today',
    rate: 0.001,
  });
});

function attemptFor(model: string) {
  const spec = specOf(1, { settings: { model } });
  const item = rowToItem(newItemRow({ id: BATCH }, spec, CONTENT, { kind: 'queued', notBeforeMs: NOON_MS }));
  return attemptOf({ models, prices, providers }, item, {
    attempt: attemptIdFrom('attempt-1'),
    startedAtMs: NOON_MS,
  });
}
