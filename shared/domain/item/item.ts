import { FAILURE_CODES, type FailureCode } from '../calls/failure.ts';
import type { AttemptId, BatchId } from '../ids.ts';
import type { BudgetAccount } from '../money/budget.ts';
import type { ContentHash } from './content.ts';
import type { ImageSettings } from './image-settings.ts';
import type { ImageType } from './image-type.ts';
import type { Message } from './message.ts';

/** An image to generate, as ingest writes it. */
export interface ItemSpec {
  /** From 1, without the header. */
  readonly row: number;
  /** From 1, over all images of the row. */
  readonly variant: number;
  /** From the `id` column. */
  readonly id?: string;
  /** Safe and unique in the batch, without an extension. */
  readonly fileName: string;
  readonly prompt: string;
  /** The whole conversation, if it says more than prompt and references. */
  readonly messages?: readonly Message[];
  readonly settings: ImageSettings;
  readonly references: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  /** Who submitted its batch, if known. */
  readonly user?: string;
  /** The row's other columns, for the manifest. */
  readonly columns: Readonly<Record<string, string>>;
}

export interface ItemImage {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
  /** Further images of the same response. */
  readonly extras: readonly string[];
  /** A request not fulfilled, such as `aspect_ratio 16:9, got 1:1`; not a failure. */
  readonly mismatch?: string;
  /** Something for you to check, such as one flat color. */
  readonly notice?: string;
  /** The response's text beside its images. */
  readonly text?: string;
}

/** Time-limited ownership of an item by one attempt. */
export interface Lease {
  readonly attempt: AttemptId;
  readonly startedAtMs: number;
  readonly untilMs: number;
  /** Credits reserved for its call, until settled. */
  readonly reserved?: ReservedCredits;
  /** Its worker's other items, which die with it. */
  readonly others?: number;
}

/** One call's reserved credits, at its maximum. */
export interface ReservedCredits {
  readonly id: string;
  readonly micro: number;
  readonly accounts: readonly BudgetAccount[];
}

export type ItemState =
  | { readonly kind: 'queued'; readonly notBeforeMs: number }
  | { readonly kind: 'working'; readonly lease: Lease }
  | { readonly kind: 'done'; readonly image: ItemImage; readonly attempt: AttemptId }
  /** Its content was stored: nothing is generated or paid. */
  | { readonly kind: 'reused'; readonly image: ItemImage; readonly madeFor: ItemRef }
  | {
      readonly kind: 'failed';
      readonly code: ItemFailureCode;
      readonly message: string;
      readonly text?: string;
    }
  /** Its batch was cancelled. */
  | { readonly kind: 'cancelled' };

/** Why an item failed: `crashed`: workers died on it repeatedly; `unknown_outcome`: may be billed, and the stage holds such items. */
export const ITEM_FAILURE_CODES = [...FAILURE_CODES, 'crashed', 'bad_reference', 'unknown_outcome'] as const;
export type ItemFailureCode = (typeof ITEM_FAILURE_CODES)[number];

/** Earlier attempts, which decide what may still be tried. */
export interface ItemHistory {
  /** By code. */
  readonly failures: Readonly<Partial<Record<FailureCode, number>>>;
  /** Attempts that may have been billed. */
  readonly billable: number;
  /** Attempts that ended with their worker. */
  readonly crashes: number;
  /** Those shared with other items, which say nothing against this one. */
  readonly sharedCrashes?: number;
  /** Send without the dialect's extras (contract §5 row 5). */
  readonly plainRequest: boolean;
  /** Send this instead of the settings' (contract §5 row 17). */
  readonly maxTokens?: number;
  /** It paused a model: why, how often while others got images, and when its last such call was sent. */
  readonly paused?: { readonly code?: FailureCode; readonly times: number; readonly sentAtMs: number };
  /** A quarantined paid response to read again before another call. */
  readonly kept?: AttemptId;
}

export const NO_HISTORY: ItemHistory = { failures: {}, billable: 0, crashes: 0, plainRequest: false };

/** An attempt in short, enough to find its charge. */
export interface AttemptNote {
  readonly attempt: AttemptId;
  /** Its start (ISO 8601 in UTC). */
  readonly at: string;
  /** `image`, `unknown`, or its failure's code. */
  readonly outcome: string;
  readonly workMs: number;
  /** `at` of its charge, if it may have been billed: part of the charge's key. */
  readonly chargedAt?: string;
}

/** The latest notes that an item keeps: an outage can bring many. */
export const MOST_ATTEMPT_NOTES = 20;

export interface Item extends ItemSpec {
  readonly batch: BatchId;
  /** The reuse key of its image. */
  readonly content?: ContentHash;
  readonly state: ItemState;
  readonly history: ItemHistory;
  readonly creditsMicro: number;
  readonly creditsMaxUnknownMicro: number;
  /** The latest ones, in order. */
  readonly attempts?: readonly AttemptNote[];
  /** An attempt that a lost table knew may have left an image. */
  readonly mayHaveImage?: true;
  /** Slot time of all attempts. */
  readonly workMs: number;
}

/** Generated or reused; undefined if it has none. */
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

/** No attempt has ended, so none can have left an image. */
export function isUntried({
  attempts = [],
  creditsMicro,
  creditsMaxUnknownMicro,
  mayHaveImage,
}: Item): boolean {
  return !mayHaveImage && attempts.length === 0 && creditsMicro + creditsMaxUnknownMicro === 0;
}

/** The next call's settings: its own, as earlier attempts changed them. */
export function settingsOfNextCall({ settings, history }: Pick<Item, 'settings' | 'history'>): ImageSettings {
  return history.maxTokens === undefined ? settings : { ...settings, maxTokens: history.maxTokens };
}

export interface ItemRef {
  readonly batch: BatchId;
  readonly row: number;
  readonly variant: number;
}
