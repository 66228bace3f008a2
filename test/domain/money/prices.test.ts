import { describe, expect, test } from 'vitest';
import { priceList, priceOn } from '../../../shared/domain/money/prices.ts';

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';

const dearer = {
  name: 'flash-2027',
  model: FLASH,
  from: '2027-01-01',
  source: 'a letter',
  inputMicro: 600,
  textMicro: 4_000,
  imageMicro: 70_000,
};

describe('the price list', () => {
  test('has the documented prices of both models', () => {
    const list = priceList();

    expect(priceOn(list, PRO, '2026-11-21')).toMatchObject({
      inputMicro: 4_000,
      textMicro: 24_000,
      imageMicro: 240_000,
    });
    expect(priceOn(list, FLASH, '2026-11-21')).toMatchObject({
      inputMicro: 500,
      textMicro: 3_000,
      imageMicro: 60_000,
    });
  });

  test("takes a day's price, from its first day on", () => {
    const list = priceList([dearer]);

    expect(priceOn(list, FLASH, '2026-12-31')?.name).toBe('flash-2025-11');
    expect(priceOn(list, FLASH, '2027-01-01')?.name).toBe('flash-2027');
    expect(priceOn(list, FLASH, '2025-10-31')).toBeUndefined();
    expect(priceOn(list, 'another-model', '2026-01-01')).toBeUndefined();
  });

  test('has the halved price only if chosen, and then in place of the ordinary one', () => {
    const chosen = priceList([], ['pro-half']);

    expect(priceOn(priceList(), PRO, '2026-11-21')?.name).toBe('pro-2025-11');
    expect(priceOn(chosen, PRO, '2026-11-21')).toMatchObject({
      name: 'pro-half',
      inputMicro: 2_000,
      textMicro: 12_000,
      imageMicro: 120_000,
    });
    expect(priceOn(chosen, FLASH, '2026-11-21')?.name).toBe('flash-2025-11');
  });

  test('lets an own price of the same name replace a built-in one', () => {
    const list = priceList([{ ...dearer, name: 'flash-2025-11', from: '2025-11-01' }]);

    expect(priceOn(list, FLASH, '2026-11-21')?.imageMicro).toBe(70_000);
  });

  test('refuses prices with fractions, below zero, or without a day', () => {
    expect(() => priceList([{ ...dearer, imageMicro: 0.5 }])).toThrow();
    expect(() => priceList([{ ...dearer, imageMicro: -1 }])).toThrow();
    expect(() => priceList([{ ...dearer, from: 'soon' }])).toThrow();
  });

  test('refuses to choose a price that does not exist', () => {
    expect(() => priceList([], ['pro-halve'])).toThrow(/pro-halve/);
  });
});
