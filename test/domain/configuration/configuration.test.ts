import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { metadataToOptions, optionsToMetadata } from '../../../shared/domain/batch/batch-options.ts';
import { findModel } from '../../../shared/domain/calls/models.ts';
import { parseConfiguration } from '../../../shared/domain/configuration/configuration.ts';
import { priceOn } from '../../../shared/domain/money/prices.ts';

const GATEWAY = { baseUrl: 'https://gateway.example/v1', keyVariable: 'GATEWAY_KEY' };

describe('an empty configuration', () => {
  test('has the built-in providers and both models, with and without -preview', () => {
    const { providers, models } = parseConfiguration({});

    expect([...providers.keys()]).toEqual(['core-today', 'google', 'openrouter']);
    for (const name of ['gemini-3-pro-image', 'gemini-3.1-flash-image']) {
      expect(findModel(models, name)).toBe(models.get(`${name}-preview`));
    }
  });
});

describe('a model of another provider', () => {
  const file = {
    providers: { gateway: { ...GATEWAY, dialect: 'openrouter', usdPerCredit: 0.01 } },
    models: { painter: { sendAs: 'vendor/painter', aliases: ['brush'], imageTokens: { '2K': 2000 } } },
    prices: [
      {
        name: 'painter-2026',
        model: 'brush',
        from: '2026-01-01',
        source: 'price page',
        usdPerMillion: { input: 0.5, text: 3, image: 60.01 },
      },
    ],
  };

  test('needs only its id on the wire; the only provider of the file serves it, in its dialect', () => {
    const painter = parseConfiguration(file).models.get('painter');

    expect(painter).toMatchObject({ provider: 'gateway', sendAs: 'vendor/painter', dialect: 'openrouter' });
    expect(painter?.imageTokens).toEqual({ '2K': 2000 });
  });

  test('is priced in dollars, at the rate of its provider, in whole micro-credits a token', () => {
    expect(priceOn(parseConfiguration(file).prices, 'painter', '2026-11-28')).toMatchObject({
      name: 'painter-2026',
      inputMicro: 50,
      textMicro: 300,
      imageMicro: 6001,
    });
  });
});

describe('a retired model', () => {
  test('is served by its successor, under its own name and aliases', () => {
    const { models } = parseConfiguration({
      models: { 'gemini-3-pro-image-preview': { redirectTo: 'gemini-3.1-flash-image-preview' } },
    });

    expect([...models.keys()]).toEqual(['gemini-3.1-flash-image-preview']);
    for (const name of ['gemini-3-pro-image-preview', 'gemini-3-pro-image']) {
      expect(findModel(models, name)?.model).toBe('gemini-3.1-flash-image-preview');
    }
  });
});

describe('an alternative price', () => {
  test('applies to the model that names it', () => {
    const { prices } = parseConfiguration({
      models: { 'gemini-3-pro-image-preview': { price: 'pro-half' } },
    });

    expect(priceOn(prices, 'gemini-3-pro-image-preview', '2026-11-28')?.name).toBe('pro-half');
  });
});

describe('a mistake in a configuration', () => {
  const price = { name: 'p', model: 'gemini-3-pro-image', from: '2026-01-01', source: 's' };
  test.each([
    [{ modles: {} }, 'unknown name "modles"; did you mean "models"?'],
    [{ models: { x: { streem: true } } }, 'models.x: unknown name "streem"; did you mean "stream"?'],
    [
      { models: { x: { provider: 'core-todey' } } },
      'there is no provider "core-todey"; did you mean "core-today"?',
    ],
    [{ models: { x: { redirectTo: 'y' } } }, 'models.x.redirectTo: there is no other model "y"'],
    [{ models: { x: { aliases: ['gemini-3-pro-image'] } } }, '"gemini-3-pro-image" already names'],
    [{ models: { 'gemini-3-pro-image-preview': { price: 'half' } } }, 'no price is called "half"'],
    [{ providers: { a: GATEWAY, b: GATEWAY }, models: { x: {} } }, 'models.x: name its provider, one of'],
    [{ providers: { a: { baseUrl: 'gateway.example' } } }, 'providers.a.baseUrl'],
    [{ prices: [price] }, 'prices[0]: write either creditsPerMillion or usdPerMillion'],
    [{ prices: [{ ...price, usdPerMillion: { input: 1.0001, text: 1, image: 1 } }] }, 'whole number'],
    [{ defaults: { itemsAtOnce: 0 } }, 'defaults.itemsAtOnce: must be'],
    [
      { stages: { prod: { logRetentionDays: 8 } } },
      'stages.prod.logRetentionDays: must be 1 or 3 or 5 or 7 or 14 or 30 or 60 or 90 or 120 or 150 or 180 or 365 or 400 or ',
    ],
    [[], 'it must be an object'],
    [
      { providers: { gateway: { baseURL: 'https://x.test' } } },
      'providers.gateway: unknown name "baseURL"; did you mean "baseUrl"?',
    ],
    [{ providers: { gateway: {} } }, 'providers.gateway.baseUrl: is missing'],
    [{ defaults: { itemsAtOnce: '4' } }, 'defaults.itemsAtOnce: must be a number, without quotes'],
  ])('is refused in one line that names the place: %j', (json, message) => {
    expect(() => parseConfiguration(json)).toThrow(message);
  });
});

describe('another default model', () => {
  const file = { defaults: { model: 'gemini-3-pro-image' } };

  test('is the model of files that name none, by its own name', () => {
    const { defaultModel } = parseConfiguration(file);

    expect(metadataToOptions({}, defaultModel).options.settings.model).toBe('gemini-3-pro-image-preview');
  });

  test('does not replace the built-in default if a file asks for that', () => {
    const { defaultModel } = parseConfiguration(file);
    const written = optionsToMetadata(DEFAULT_BATCH_OPTIONS, defaultModel);
    if (written.kind === 'problem') throw new Error(written.message);

    expect(metadataToOptions(written.metadata, defaultModel).options).toEqual(DEFAULT_BATCH_OPTIONS);
  });

  test('that is unknown is refused', () => {
    expect(() => parseConfiguration({ defaults: { model: 'gemini-3-pro-imagee' } })).toThrow(
      'defaults.model: there is no model "gemini-3-pro-imagee"; did you mean "gemini-3-pro-image-preview"?',
    );
  });
});
