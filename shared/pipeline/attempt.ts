import { type Charge, type ChargeOutcome, costOfCall, costOfUnknown } from '../domain/charge.ts';
import type { AttemptId } from '../domain/ids.ts';
import { type Item, settingsOfNextCall } from '../domain/item.ts';
import type { ModelProfile } from '../domain/models.ts';
import { type Price, priceOn } from '../domain/prices.ts';
import type { CallFacts, ReportedUsage } from '../domain/usage.ts';
import { textBytes } from '../provider/request-body.ts';
import type { DecodedImage } from '../provider/types.ts';
import type { Effects } from './effects.ts';

/** One call to the provider for one item: all that its charge will need to know. */
export interface Attempt {
  readonly id: AttemptId;
  readonly startedAtMs: number;
  readonly item: Item;
  readonly profile: ModelProfile;
  readonly price: Price;
}

/** A model or its price that was there at ingest and is not any more: configuration was changed under a running batch. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** Puts together what an attempt is priced by. Throws `ConfigurationError` where the model or its price is gone. */
export function attemptOf(
  effects: Pick<Effects, 'models' | 'prices'>,
  item: Item,
  lease: { readonly attempt: AttemptId; readonly startedAtMs: number },
): Attempt {
  const { model } = item.settings;
  const profile = effects.models.get(model);
  const price = priceOn(effects.prices, model, isoTime(lease.startedAtMs).slice(0, 10));
  if (profile === undefined) {
    throw new ConfigurationError(`no model named ${model}: add it to the file that PRESSRUN_MODELS names`);
  }
  if (price === undefined) {
    throw new ConfigurationError(`no price for ${model}: add one to the file that PRESSRUN_PRICES names`);
  }
  return { id: lease.attempt, startedAtMs: lease.startedAtMs, item, profile, price };
}

/** The charge of an attempt whose answer arrived. */
export function chargeOfAnswer(
  attempt: Attempt,
  outcome: ChargeOutcome,
  usage: ReportedUsage | undefined,
  images: readonly DecodedImage[],
): Charge {
  const facts = factsOf(attempt, images);
  return {
    ...chargeBase(attempt, outcome),
    ...costOfCall(usage, facts, attempt.profile, attempt.price),
    images: outcome === 'image' ? 1 : 0,
    usage,
  };
}

/** The charge of an attempt whose answer never arrived: nothing booked, and the most it can have cost. */
export function chargeOfUnknown(attempt: Attempt): Charge {
  const { item, profile, price } = attempt;
  const { maxTokens } = settingsOfNextCall(item);
  return {
    ...chargeBase(attempt, 'unknown'),
    ...costOfUnknown(factsOf(attempt, []), maxTokens, profile, price),
    images: 0,
    usage: undefined,
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function chargeBase(attempt: Attempt, outcome: ChargeOutcome) {
  const { item } = attempt;
  return {
    attempt: attempt.id,
    batch: item.batch,
    row: item.row,
    variant: item.variant,
    model: item.settings.model,
    at: isoTime(attempt.startedAtMs),
    outcome,
    tags: item.tags,
  };
}

function factsOf({ item, profile }: Attempt, images: readonly DecodedImage[]): CallFacts {
  const { prompt, settings, history, references } = item;
  return {
    imageSize: settings.imageSize,
    imagePixels: images.map((image) => image.width * image.height),
    promptBytes: textBytes({ prompt, settings, profile, plain: history.plainRequest }),
    references: references.length,
  };
}
