import { DEFAULT_PROVIDER, findModel, type ModelProfile } from '../../domain/calls/models.ts';
import { type Item, settingsOfNextCall } from '../../domain/item/item.ts';
import type { Spender } from '../../domain/money/budget.ts';
import { maxCallCost } from '../../domain/money/charge.ts';
import { type Price, priceOn } from '../../domain/money/prices.ts';
import type { CallFacts } from '../../domain/money/usage.ts';
import { dayOfMs } from '../../domain/time/calendar.ts';
import { textBytes } from '../../provider/http/request-body.ts';
import type { DecodedImage, UnusedPixels } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';

export interface CallTerms {
  readonly profile: ModelProfile;
  readonly price: Price;
  /** US dollars a credit, at the rate of the model's provider. */
  readonly rate: number;
}

/** The part of the effects that says what a call is priced by. */
export type Terms = 'models' | 'prices' | 'providers';

/** A model or its price that was there at ingest and is not any more: configuration was changed under a running batch. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** The most that an item's next call can cost, in µcr. Throws `ConfigurationError` as `attemptOf` does. */
export function maxItemCost(effects: Pick<Effects, Terms>, item: Item, atMs: number): number {
  const { profile, price } = termsOf(effects, item, atMs);
  return maxCallCost(factsOf({ item, profile }), settingsOfNextCall(item).maxTokens, profile, price);
}

/** What says which budgets apply to an item's calls. */
export function spenderOf({ models }: Pick<Effects, 'models'>, item: Item): Spender {
  const { model } = item.settings;
  return { ...item, model, provider: findModel(models, model)?.provider ?? DEFAULT_PROVIDER };
}

/** The model and price that a call made at this moment has. Throws `ConfigurationError` if one is gone. */
export function termsOf(
  effects: Pick<Effects, Terms>,
  { settings: { model } }: Item,
  atMs: number,
): CallTerms {
  const profile = findModel(effects.models, model);
  if (profile === undefined) {
    throw new ConfigurationError(`no model named ${model}: add it to "models" in pressrun.config.json`);
  }
  const price = priceOn(effects.prices, profile.model, dayOfMs(atMs));
  if (price === undefined) {
    throw new ConfigurationError(`no price for ${model}: add one to "prices" in pressrun.config.json`);
  }
  const rate = effects.providers.get(profile.provider)?.usdPerCredit;
  if (rate === undefined) {
    throw new ConfigurationError(
      `no provider named ${profile.provider}: add it to "providers" in pressrun.config.json`,
    );
  }
  return { profile, price, rate };
}

/** The pictures of an answer: those that are kept, and those that cannot be used. */
export interface Pictures {
  readonly images: readonly DecodedImage[];
  readonly unusedPixels?: UnusedPixels;
}

/** What of an item's call and its images bears on the cost. */
export function factsOf(
  { item, profile }: { readonly item: Item; readonly profile: ModelProfile },
  { images = [], unusedPixels = [] }: Partial<Pictures> = {},
): CallFacts {
  const { settings, history, references } = item;
  return {
    imageSize: settings.imageSize,
    imagePixels: images.map(({ width, height }) => width * height),
    ...(unusedPixels.length > 0 && { unusedPixels }),
    promptBytes: textBytes({ ...item, profile, plain: history.plainRequest }),
    references: references.length,
  };
}
