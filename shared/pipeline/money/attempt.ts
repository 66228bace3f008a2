import type { ModelProfile } from '../../domain/calls/models.ts';
import type { AttemptId } from '../../domain/ids.ts';
import { type Item, type Lease, type ReservedCredits, settingsOfNextCall } from '../../domain/item/item.ts';
import {
  type Charge,
  type ChargeOutcome,
  costOfCall,
  costOfUnknown,
  mostOfCall,
} from '../../domain/money/charge.ts';
import { type Price, priceOn } from '../../domain/money/prices.ts';
import type { CallFacts, ReportedUsage } from '../../domain/money/usage.ts';
import { dayOfMs } from '../../domain/time/calendar.ts';
import { textBytes } from '../../provider/http/request-body.ts';
import type { DecodedImage } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import type { CallReservation } from './credit-pool.ts';

/** One call to the provider for one item: all that its charge will need to know. */
export interface Attempt {
  readonly id: AttemptId;
  readonly startedAtMs: number;
  readonly item: Item;
  readonly profile: ModelProfile;
  readonly price: Price;
  /** The credits that are held for the call, where a budget applies to it. */
  readonly hold?: ReservedCredits;
  /** With whose leave its own worker makes it; missing where another one settles it. */
  readonly reservation?: CallReservation;
}

/** A model or its price that was there at ingest and is not any more: configuration was changed under a running batch. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError';
}

/** Puts together what an attempt is priced by. Throws `ConfigurationError` where the model or its price is gone. */
export function attemptOf(
  effects: Pick<Effects, 'models' | 'prices'>,
  item: Item,
  { attempt, startedAtMs, hold }: Omit<Lease, 'untilMs'>,
): Attempt {
  const terms = termsOf(effects, item, startedAtMs);
  return { id: attempt, startedAtMs, item, ...terms, ...(hold === undefined ? {} : { hold }) };
}

/** The most that an item's next call can cost, in µcr. Throws `ConfigurationError` as `attemptOf` does. */
export function mostOfItem(effects: Pick<Effects, 'models' | 'prices'>, item: Item, atMs: number): number {
  const { profile, price } = termsOf(effects, item, atMs);
  return mostOfCall(factsOf({ item, profile }, []), settingsOfNextCall(item).maxTokens, profile, price);
}

function termsOf(
  effects: Pick<Effects, 'models' | 'prices'>,
  { settings: { model } }: Item,
  atMs: number,
): Pick<Attempt, 'profile' | 'price'> {
  const profile = effects.models.get(model);
  const price = priceOn(effects.prices, model, dayOfMs(atMs));
  if (profile === undefined) {
    throw new ConfigurationError(`no model named ${model}: add it to the file that PRESSRUN_MODELS names`);
  }
  if (price === undefined) {
    throw new ConfigurationError(`no price for ${model}: add one to the file that PRESSRUN_PRICES names`);
  }
  return { profile, price };
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

function factsOf(
  { item, profile }: Pick<Attempt, 'item' | 'profile'>,
  images: readonly DecodedImage[],
): CallFacts {
  const { settings, history, references } = item;
  return {
    imageSize: settings.imageSize,
    imagePixels: images.map((image) => image.width * image.height),
    promptBytes: textBytes({ ...item, profile, plain: history.plainRequest }),
    references: references.length,
  };
}
