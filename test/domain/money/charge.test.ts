import { describe, expect, test } from 'vitest';
import { type ModelProfile, modelCatalog } from '../../../shared/domain/calls/models.ts';
import {
  costOfCall,
  costOfUnknown,
  maxCallCost,
  unknownMaxMicro,
  wasteMicro,
} from '../../../shared/domain/money/charge.ts';
import { type Price, priceList, priceOn } from '../../../shared/domain/money/prices.ts';
import type { CallFacts } from '../../../shared/domain/money/usage.ts';
import fc from '../../support/property.ts';

function modelAndPrice(model: string): { profile: ModelProfile; price: Price } {
  const profile = modelCatalog().get(model);
  const price = priceOn(priceList(), model, '2026-11-21');
  if (profile === undefined || price === undefined) throw new Error(`unknown model ${model}`);
  return { profile, price };
}
const flash = modelAndPrice('gemini-3.1-flash-image-preview');
const pro = modelAndPrice('gemini-3-pro-image-preview');

const oneImage: CallFacts = {
  imageSize: undefined,
  imagePixels: [1_024 * 1_024],
  promptBytes: 40,
  references: 0,
};
const noImage: CallFacts = { ...oneImage, imagePixels: [] };

describe('the cost of a call', () => {
  test.each([
    ['Pro', pro, { promptTokens: 11, completionTokens: 1_385, totalTokens: 1_396 }, 275_204_000, 332_444_000],
    [
      'Flash',
      flash,
      { promptTokens: 9, completionTokens: 1_803, totalTokens: 1_812 },
      69_253_500,
      108_184_500,
    ],
  ])('of the golden case on %s is exact', (_, { profile, price }, usage, creditsMicro, creditsMaxMicro) => {
    const cost = costOfCall(usage, oneImage, profile, price);

    expect(cost).toMatchObject({ creditsMicro, creditsMaxMicro, price: price.name });
    expect(unknownMaxMicro(cost, 'image')).toBe(0);
  });

  test('never exceeds the most it can be', () => {
    const count = fc.integer({ min: 0, max: 50_000 });
    const usages = fc.record(
      {
        promptTokens: count,
        completionTokens: count,
        totalTokens: count,
        reasoningTokens: count,
        imageTokens: count,
      },
      { requiredKeys: [] },
    );
    const pixels = fc.array(fc.integer({ min: 1, max: 20_000_000 }), { maxLength: 3 });
    fc.assert(
      fc.property(usages, pixels, fc.constantFrom(flash, pro), (usage, imagePixels, { profile, price }) => {
        const cost = costOfCall(usage, { ...oneImage, imagePixels }, profile, price);

        expect(cost.creditsMicro).toBeGreaterThanOrEqual(0);
        expect(cost.creditsMicro).toBeLessThanOrEqual(cost.creditsMaxMicro);
      }),
      { numRuns: 300 },
    );
  });

  test('whose answer never arrived is recorded as nothing, and at most its dearest image with text for the rest', () => {
    const cost = costOfUnknown({ ...noImage, references: 1 }, 4_096, flash.profile, flash.price);

    expect(cost.creditsMicro).toBe(0);
    expect(cost.creditsMaxMicro).toBe((40 + 1_120) * 500 + 2_520 * 60_000 + (4_096 - 2_520) * 3_000);
    expect(unknownMaxMicro(cost, 'unknown')).toBe(cost.creditsMaxMicro);
    expect(costOfUnknown(noImage, undefined, pro.profile, pro.price).creditsMaxMicro).toBe(
      40 * 4_000 + 2_000 * 240_000 + (8_192 - 2_000) * 24_000,
    );
  });

  test('is all output tokens at the highest rate, by default', () => {
    const price = { ...flash.price, ceiling: 'max-tokens' } as const;

    expect(maxCallCost(noImage, 4_096, flash.profile, price)).toBe(40 * 500 + 4_096 * 60_000);
    expect(maxCallCost(noImage, 1_000, flash.profile, flash.price)).toBe(40 * 500 + 1_000 * 60_000);
  });

  test('is an image of the requested size, and text, with ceiling asked-size', () => {
    const price = { ...flash.price, ceiling: 'asked-size' } as const;
    const most = (imageTokens: number) => 40 * 500 + imageTokens * 60_000 + (4_096 - imageTokens) * 3_000;

    expect(maxCallCost(noImage, 4_096, flash.profile, price)).toBe(most(1_120));
    expect(maxCallCost({ ...noImage, imageSize: '4K' }, 4_096, flash.profile, price)).toBe(most(2_520));
  });

  test('never exceeds its reservation, for any one image and its text within the output limit', () => {
    const sizes = fc.integer({ min: 1, max: 20_000_000 });
    const allowed = fc.integer({ min: 1, max: 32_768 });
    fc.assert(
      fc.property(sizes, allowed, fc.nat(), fc.nat(2_000), fc.constantFrom(flash, pro), (...drawn) => {
        const [pixels, maxTokens, output, promptBytes, { profile, price }] = drawn;
        const facts = { ...oneImage, imagePixels: [pixels], promptBytes };
        const promptTokens = Math.ceil(promptBytes / 4);
        const completionTokens = 1 + (output % maxTokens);
        const usage = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };

        const cost = costOfCall(usage, facts, profile, price);

        expect(cost.creditsMicro).toBeLessThanOrEqual(maxCallCost(facts, maxTokens, profile, price));
      }),
      { numRuns: 500 },
    );
  });

  test('that may have lost its image is open up to the image rate', () => {
    const usage = { promptTokens: 10, completionTokens: 1_200, totalTokens: 1_210 };

    const cost = costOfCall(usage, noImage, flash.profile, flash.price);

    expect(cost.creditsMicro).toBe(10 * 500 + 1_200 * 3_000);
    expect(unknownMaxMicro(cost, 'lost_image')).toBe(1_200 * (60_000 - 3_000));
  });
});

test('credits without a kept image are waste', () => {
  expect(wasteMicro({ outcome: 'image', creditsMicro: 5 })).toBe(0);
  expect(wasteMicro({ outcome: 'duplicate', creditsMicro: 5 })).toBe(5);
  expect(wasteMicro({ outcome: 'text_only', creditsMicro: 5 })).toBe(5);
});
