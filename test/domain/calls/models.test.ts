import { describe, expect, test } from 'vitest';
import {
  findModel,
  imageSizesOf,
  imageTokensByPixels,
  type ModelProfile,
  modelCatalog,
} from '../../../shared/domain/calls/models.ts';

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';

function profile(model: string): ModelProfile {
  const found = modelCatalog().get(model);
  if (found === undefined) throw new Error(`no profile of ${model}`);
  return found;
}

describe('the model catalog', () => {
  test('lists both models with their sizes and aspect ratios', () => {
    expect(imageSizesOf(profile(PRO))).toEqual(['1K', '2K', '4K']);
    expect(imageSizesOf(profile(FLASH))).toEqual(['512', '1K', '2K', '4K']);
    expect(profile(PRO).aspectRatios).toHaveLength(10);
    expect(profile(FLASH).aspectRatios).toEqual([...profile(PRO).aspectRatios, '1:4', '4:1', '1:8', '8:1']);
    expect(profile(PRO).referenceTokens).toBe(560);
    expect(profile(FLASH).referenceTokens).toBe(1_120);
  });

  test('redirects a retired model if configured', () => {
    const redirected = modelCatalog([{ ...profile(FLASH), sendAs: 'gemini-4-flash-image' }]);

    expect(redirected.get(FLASH)?.sendAs).toBe('gemini-4-flash-image');
    expect(redirected.get(PRO)?.sendAs).toBe(PRO);
    expect(() => modelCatalog([{ model: FLASH }])).toThrow();
  });
});

describe('tokens of an image by its pixels', () => {
  test.each([
    [FLASH, 512 * 512, 747],
    [FLASH, 549_999, 747],
    [FLASH, 550_000, 1_120],
    [FLASH, 1_024 * 1_024, 1_120],
    [FLASH, 2_099_999, 1_120],
    [FLASH, 2_100_000, 1_680],
    [FLASH, 2_048 * 2_048, 1_680],
    [FLASH, 8_400_000, 2_520],
    [PRO, 512 * 512, 1_120],
    [PRO, 1_584 * 672, 1_120],
    [PRO, 2_048 * 2_048, 1_120],
    [PRO, 4_096 * 4_096, 2_000],
  ])('%s: %d pixels are %d', (model, pixels, tokens) => {
    expect(imageTokensByPixels(profile(model), pixels)).toBe(tokens);
  });

  test('of a tier that the model lacks are those of the next larger one, or else the largest', () => {
    const small = { ...profile(FLASH), imageTokens: { '512': 700, '1K': 1_000 } };

    expect(imageTokensByPixels(small, 16_000_000)).toBe(1_000);
    expect(imageTokensByPixels({ ...small, imageTokens: {} }, 1)).toBe(0);
  });
});

test.each([
  'google/gemini-3-pro-image-preview',
  'models/gemini-3-pro-image-preview',
  'openrouter/google/gemini-3-pro-image',
  'gemini-3-pro-image-preview/google-ai-studio',
])('%s is a model of ours, whoever serves it there', (name) => {
  expect(findModel(modelCatalog(), name)?.model).toBe('gemini-3-pro-image-preview');
  expect(findModel(modelCatalog(), name.replaceAll('gemini-3', 'gemini-9'))).toBeUndefined();
});
