import { FAILURE_CODES, type FailureCode } from '../calls/failure.ts';
import type { AttemptId, BatchId } from '../ids.ts';
import type { BudgetAccount } from '../money/budget.ts';
import type { ContentHash } from './content.ts';
import type { ImageSettings } from './image-settings.ts';
import type { ImageType } from './image-type.ts';
import type { Message } from './message.ts';

/** What one line of a file asks for, as ingest writes it: an image to make. */
export interface ItemSpec {
  /** Number of the row in the file, from 1, the header not counted. */
  readonly row: number;
  /** From 1: one for each image of the row, of each prompt that it expands to. */
  readonly variant: number;
  /** The caller's own key, if the file has an `id` column. */
  readonly id?: string;
  /** Safe and unique in the batch; without an extension, which the decoded bytes decide. */
  readonly fileName: string;
  readonly prompt: string;
  /** All that is sent, system text apart, where prompt and references do not say it: a conversation that the prompt ends. */
  readonly messages?: readonly Message[];
  readonly settings: ImageSettings;
  readonly references: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Who submitted its batch, as far as is known. */
  readonly user?: string;
  /** The row's other columns, as given; they are copied to the manifest. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The image an item ended with. */
export interface ItemImage {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  /** Keys of further images of the same answer. */
  readonly extras: readonly string[];
  /** What was asked and not got, such as `aspect_ratio 16:9, got 1:1`; a fact about the result, not a failure. */
  readonly mismatch?: string;
  /** What a person should look at, such as that it is one flat color. */
  readonly notice?: string;
  /** What the answer says beside its images: a caption, an alternative text. */
  readonly text?: string;
}

/** An attempt in progress: who works on the item, and until when nobody else may. */
export interface Lease {
  readonly attempt: AttemptId;
  readonly startedAtMs: number;
  readonly untilMs: number;
  /** Credits of a reservation that stand for the attempt's call, in these accounts, until it is settled. */
  readonly reserved?: ReservedCredits;
  /** How many other items its worker had in hand when it began, or was renewed last: they die with it. */
  readonly others?: number;
}

/** Credits of a reservation that stand for one call, at its most. */
export interface ReservedCredits {
  readonly id: string;
  readonly micro: number;
  readonly accounts: readonly BudgetAccount[];
}

export type ItemState =
  | { readonly kind: 'queued'; readonly notBeforeMs: number }
  | { readonly kind: 'working'; readonly lease: Lease }
  | { readonly kind: 'done'; readonly image: ItemImage; readonly attempt: AttemptId }
  /** Its content was in the store when the file was read: nothing was made, and nothing is paid. */
  | { readonly kind: 'reused'; readonly image: ItemImage; readonly madeFor: ItemRef }
  | {
      readonly kind: 'failed';
      readonly code: ItemFailureCode;
      readonly message: string;
      readonly text?: string;
    }
  /** A person cancelled its batch before it was made. */
  | { readonly kind: 'cancelled' };

/** Why an item failed: `crashed`: workers died on it repeatedly; `unknown_outcome`: may be billed, and the stage holds such items. */
export const ITEM_FAILURE_CODES = [...FAILURE_CODES, 'crashed', 'bad_reference', 'unknown_outcome'] as const;
export type ItemFailureCode = (typeof ITEM_FAILURE_CODES)[number];

/** What earlier attempts came to; it decides what may still be tried. */
export interface ItemHistory {
  /** Failures so far by code. */
  readonly failures: Readonly<Partial<Record<FailureCode, number>>>;
  /** Attempts that were, or may have been, billed. */
  readonly billable: number;
  /** Attempts that ended with their worker. */
  readonly crashes: number;
  /** Those of them that other items' attempts shared, so that they say nothing against this one. */
  readonly sharedCrashes?: number;
  /** Send the next request without the dialect's extras (contract §5 row 5). */
  readonly plainRequest: boolean;
  /** Sends the next request with this instead of the settings' `maxTokens` (contract §5 row 17). */
  readonly maxTokens?: number;
  /** It paused a model: by what, how often while others got images meanwhile, and when the call that did was sent last. */
  readonly paused?: { readonly code?: FailureCode; readonly times: number; readonly sentAtMs: number };
  /** A paid answer in quarantine that a person's help may turn into its image: read again before another call. */
  readonly kept?: AttemptId;
}

export const NO_HISTORY: ItemHistory = { failures: {}, billable: 0, crashes: 0, plainRequest: false };

/** What one attempt came to, as its item keeps it: enough to find its charge. */
export interface AttemptNote {
  readonly attempt: AttemptId;
  /** When it started (ISO 8601 in UTC). */
  readonly at: string;
  /** `image`, `unknown`, or the code of its failure. */
  readonly outcome: string;
  readonly workMs: number;
  /** `at` of its charge, if it was or may have been billed: with the attempt, the charge's key. */
  readonly chargedAt?: string;
}

/** So many notes of an item are kept, the latest: an outage can bring many. */
export const MOST_ATTEMPT_NOTES = 20;

export interface Item extends ItemSpec {
  readonly batch: BatchId;
  /** What it asks for; its image is remembered by it. */
  readonly content?: ContentHash;
  readonly state: ItemState;
  readonly history: ItemHistory;
  /** All charges of this item together. */
  readonly creditsMicro: number;
  readonly creditsMaxUnknownMicro: number;
  /** Its latest attempts, in their order. */
  readonly attempts?: readonly AttemptNote[];
  /** How long workers were at it, all attempts together: each took up a slot for so long. */
  readonly workMs: number;
}

/** The image that an item ended with, made for it or reused; undefined if it has none. */
export function imageOf({ state }: Pick<Item, 'state'>): ItemImage | undefined {
  switch (state.kind) {
    case 'done':
    case 'reused':
      return state.image;
    case 'queued':
    case 'working':
    case 'failed':
    case 'cancelled':
      return undefined;
  }
}

/** Whether no attempt for an item has ended yet, so that none can have left an image. */
export function isUntried({ attempts = [], creditsMicro, creditsMaxUnknownMicro }: Item): boolean {
  return attempts.length === 0 && creditsMicro + creditsMaxUnknownMicro === 0;
}

/** The settings of an item's next call: its own, with what earlier attempts taught laid over them. */
export function settingsOfNextCall({ settings, history }: Pick<Item, 'settings' | 'history'>): ImageSettings {
  return history.maxTokens === undefined ? settings : { ...settings, maxTokens: history.maxTokens };
}

/** Names an item inside its batch. */
export interface ItemRef {
  readonly batch: BatchId;
  readonly row: number;
  readonly variant: number;
}
