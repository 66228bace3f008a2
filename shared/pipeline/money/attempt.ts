import { DEFAULT_IMAGE_SIZE } from '../../domain/calls/models.ts';
import type { AttemptId } from '../../domain/ids.ts';
import { type Item, type Lease, type ReservedCredits, settingsOfNextCall } from '../../domain/item/item.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import { type Charge, type ChargeOutcome, costOfCall, costOfUnknown } from '../../domain/money/charge.ts';
import type { ReportedUsage } from '../../domain/money/usage.ts';
import type { Effects } from '../effects.ts';
import { type CallTerms, factsOf, type Pictures, type Terms, termsOf } from './call-terms.ts';

/** One call to the provider for one item: all that its charge will need to know. */
export interface Attempt extends CallTerms {
  readonly id: AttemptId;
  readonly startedAtMs: number;
  readonly item: Item;
  /** The credits that are reserved for the call, where a budget applies to it. */
  readonly reserved?: ReservedCredits;
  /** With whose leave its own worker makes it; missing if another one settles it. */
  readonly reservation?: CallReservation;
}

/** Leave for one call: its credits are reserved, if a budget applies to it. */
export interface CallReservation {
  /** When the call counts as started; the days and months of its accounts are those of this moment. */
  readonly atMs: number;
  readonly reserved?: ReservedCredits;
  /** The accounts that the charge counts in and that nothing is reserved in: their budgets were set since. */
  uncovered(charge: Charge): Promise<BudgetAccount[]>;
  /** No call was started. */
  unused(): void;
  /** The call's end is recorded, with what it spent of budgets. */
  ended(countedMicro: number): void;
  /** Nobody works on the call any more, whether its end is recorded or not. */
  over(): void;
}

/** Puts together what an attempt is priced by. Throws `ConfigurationError` if the model or its price is gone. */
export function attemptOf(
  effects: Pick<Effects, Terms>,
  item: Item,
  { attempt, startedAtMs, reserved }: Omit<Lease, 'untilMs'>,
): Attempt {
  const terms = termsOf(effects, item, startedAtMs);
  return { id: attempt, startedAtMs, item, ...terms, ...(reserved === undefined ? {} : { reserved }) };
}

/** What of an answer bears on its charge. */
export interface AnswerFacts extends Pictures {
  readonly usage: ReportedUsage | undefined;
}

/** The charge of an attempt whose answer arrived. */
export function chargeOfAnswer(
  attempt: Attempt,
  outcome: ChargeOutcome,
  { usage, ...pictures }: AnswerFacts,
): Charge {
  const facts = factsOf(attempt, pictures);
  const { costUsd, ...counts } = usage ?? {};
  return {
    ...chargeBase(attempt, outcome),
    ...costOfCall(usage, facts, attempt.profile, attempt.price),
    ...(costUsd === undefined ? {} : { costUsd }),
    images: outcome === 'image' ? 1 : 0,
    usage: usage && counts,
  };
}

/** The charge of an attempt whose answer never arrived: nothing recorded, and the most it can have cost. */
export function chargeOfUnknown(attempt: Attempt): Charge {
  const { item, profile, price } = attempt;
  const { maxTokens } = settingsOfNextCall(item);
  return {
    ...chargeBase(attempt, 'unknown'),
    ...costOfUnknown(factsOf(attempt), maxTokens, profile, price),
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
    provider: attempt.profile.provider,
    rate: attempt.rate,
    at: isoTime(attempt.startedAtMs),
    outcome,
    size: item.settings.imageSize ?? DEFAULT_IMAGE_SIZE,
    ...(item.user === undefined ? {} : { user: item.user }),
    tags: item.tags,
  };
}
