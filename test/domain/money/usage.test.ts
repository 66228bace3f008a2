import { describe, expect, test } from 'vitest';
import { IMAGE_SIZES, type ModelProfile, modelCatalog } from '../../../shared/domain/calls/models.ts';
import {
  type CallFacts,
  outputOf,
  type ReportedUsage,
  splitUsage,
} from '../../../shared/domain/money/usage.ts';
import fc from '../../support/property.ts';

const PIXELS_1K = 1_024 * 1_024;
const PIXELS_4K = 4_096 * 4_096;

function profile(model: string): ModelProfile {
  const found = modelCatalog().get(model);
  if (found === undefined) throw new Error(`no profile of ${model}`);
  return found;
}
const flash = profile('gemini-3.1-flash-image-preview');
const pro = profile('gemini-3-pro-image-preview');

const oneImage: CallFacts = {
  imageSize: undefined,
  imagePixels: [PIXELS_1K],
  promptBytes: 41,
  references: 0,
};
const noImage: CallFacts = { ...oneImage, imagePixels: [] };

describe('all output tokens', () => {
  test.each([
    [
      'total without thinking in completion',
      { promptTokens: 9, completionTokens: 1_120, totalTokens: 1_812 },
      1_803,
      false,
    ],
    [
      'total with thinking in completion',
      { promptTokens: 9, completionTokens: 1_803, totalTokens: 1_812, reasoningTokens: 300 },
      1_803,
      false,
    ],
    [
      'total less than its parts',
      { promptTokens: 9, completionTokens: 1_803, totalTokens: 1_000 },
      1_803,
      true,
    ],
    [
      'no total, thinking inside',
      { promptTokens: 9, completionTokens: 1_803, reasoningTokens: 300 },
      1_803,
      false,
    ],
    [
      'no total, thinking beside',
      { promptTokens: 9, completionTokens: 100, reasoningTokens: 300 },
      400,
      false,
    ],
  ])('%s', (_, usage, outputTokens, inconsistent) => {
    expect(outputOf(usage)).toEqual({ outputTokens, inconsistent });
  });
});

describe('the split of a call’s tokens', () => {
  test('is the provider’s own if it gives one', () => {
    const usage = { promptTokens: 9, completionTokens: 1_803, totalTokens: 1_812, imageTokens: 1_290 };

    expect(splitUsage(usage, oneImage, flash)).toEqual({
      inputTokens: 9,
      imageTokens: 1_290,
      textTokens: 513,
      basis: 'reported',
      flags: [],
    });
  });

  test('is estimated from pixels if image tokens are missing, zero-filled, or more than all output', () => {
    const usage = { promptTokens: 9, completionTokens: 1_803, totalTokens: 1_812 };
    const estimated = { inputTokens: 9, imageTokens: 1_120, textTokens: 683, basis: 'estimated', flags: [] };

    expect(splitUsage(usage, oneImage, flash)).toEqual(estimated);
    expect(splitUsage({ ...usage, imageTokens: 0 }, oneImage, flash)).toEqual(estimated);
    expect(splitUsage({ ...usage, imageTokens: 9_999 }, oneImage, flash)).toEqual(estimated);
  });

  test('counts images from the last one on, while they fit', () => {
    const facts = { ...oneImage, imagePixels: [PIXELS_4K, PIXELS_1K, PIXELS_1K] };
    const usage = { promptTokens: 0, completionTokens: 2_300, totalTokens: 2_300 };

    expect(splitUsage(usage, facts, flash)).toMatchObject({ imageTokens: 2_240, textTokens: 60 });
    expect(splitUsage({ ...usage, completionTokens: 100, totalTokens: 100 }, facts, flash)).toMatchObject({
      imageTokens: 0,
      textTokens: 100,
    });
  });

  test('of a response without an image is all text, with a flag if an image may have been lost', () => {
    const usage = (completionTokens: number) => ({
      promptTokens: 10,
      completionTokens,
      totalTokens: 10 + completionTokens,
    });

    expect(splitUsage(usage(300), noImage, flash)).toEqual({
      inputTokens: 10,
      imageTokens: 0,
      textTokens: 300,
      basis: 'derived',
      flags: [],
    });
    expect(splitUsage(usage(1_007), noImage, flash).flags).toEqual([]);
    expect(splitUsage(usage(1_008), noImage, flash).flags).toEqual(['possible_lost_image']);
    expect(splitUsage(usage(1_799), { ...noImage, imageSize: '4K' }, pro).flags).toEqual([]);
    expect(splitUsage(usage(1_800), { ...noImage, imageSize: '4K' }, pro).flags).toEqual([
      'possible_lost_image',
    ]);
    expect(splitUsage({ ...usage(300), imageTokens: 0 }, noImage, flash).basis).toBe('reported');
  });

  test.each([
    [undefined],
    [{}],
    [{ promptTokens: 0, completionTokens: 0, totalTokens: 0 }],
    [{ promptTokens: Number.NaN }],
  ])('is assumed where the provider counted nothing: %j', (usage) => {
    const facts = { ...oneImage, references: 2 };

    expect(splitUsage(usage, facts, flash)).toEqual({
      inputTokens: 11 + 2 * 1_120,
      imageTokens: 1_120,
      textTokens: 500,
      basis: 'assumed',
      flags: [],
    });
  });

  test('is also assumed if only the prompt was counted beside an image, with that prompt', () => {
    expect(splitUsage({ promptTokens: 9 }, oneImage, flash)).toEqual({
      inputTokens: 9,
      imageTokens: 1_120,
      textTokens: 500,
      basis: 'assumed',
      flags: [],
    });
  });

  test('reports contradictory counts', () => {
    expect(
      splitUsage({ promptTokens: 500, completionTokens: 1_400, totalTokens: 1_500 }, oneImage, flash).flags,
    ).toEqual(['usage_inconsistent']);
  });
});

describe('whatever the provider reports', () => {
  const count = fc.option(
    fc.oneof(fc.integer({ min: -10, max: 40_000 }), fc.constantFrom(0.5, Number.NaN, -1)),
    { nil: undefined },
  );
  const usages: fc.Arbitrary<ReportedUsage> = fc
    .record({
      promptTokens: count,
      completionTokens: count,
      totalTokens: count,
      reasoningTokens: count,
      imageTokens: count,
    })
    .map((usage) => Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== undefined)));
  const calls: fc.Arbitrary<CallFacts> = fc.record({
    imageSize: fc.constantFrom(undefined, ...IMAGE_SIZES),
    imagePixels: fc.array(fc.integer({ min: 1, max: 20_000_000 }), { maxLength: 4 }),
    promptBytes: fc.integer({ min: 0, max: 32_768 }),
    references: fc.integer({ min: 0, max: 14 }),
  });

  test('no count is ever negative, and image and text together are the output', () => {
    fc.assert(
      fc.property(usages, calls, fc.constantFrom(flash, pro), (usage, call, model) => {
        const split = splitUsage(usage, call, model);

        for (const tokens of [split.inputTokens, split.textTokens, split.imageTokens]) {
          expect(Number.isSafeInteger(tokens) && tokens >= 0).toBe(true);
        }
        if (split.basis !== 'assumed')
          expect(split.imageTokens + split.textTokens).toBe(outputOf(usage).outputTokens);
        if (call.imagePixels.length === 0 && split.basis !== 'reported') expect(split.imageTokens).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
