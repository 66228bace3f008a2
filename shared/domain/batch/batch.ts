import { DEFAULT_MODEL } from '../calls/models.ts';
import type { BatchId } from '../ids.ts';
import type { RowDefaults } from '../prompt-file/row/row-defaults.ts';

/** What the submitter asked of the whole file; it travels as metadata of the uploaded object. */
export interface BatchOptions extends RowDefaults {
  readonly name?: string;
  /** The batch's own budget, in µcr; it is no part of what the batch is: with another budget it is the same one. */
  readonly budgetMicro?: number;
  /** Who submitted it, as far as is known; no part of what the batch is either. */
  readonly user?: string;
  /** The sheet that is read of a workbook, if it is not the first. */
  readonly sheet?: string;
  /** Makes every image, whether one of its content is in the store or not. */
  readonly fresh?: true;
  /** A contact sheet is made when it is complete; no part of what the batch is. */
  readonly contactSheet?: true;
  /** From 2: which batch of the same file and options this is, where an earlier one is over and not good enough. */
  readonly run?: number;
}

export const DEFAULT_BATCH_OPTIONS: BatchOptions = {
  variants: 1,
  tags: {},
  settings: { model: DEFAULT_MODEL },
};

/**
 * `ingesting` while its file is read, `running` while items are open, `finishing` while its manifest is written, then
 * `complete`. `refused`: the file could not be read at all.
 */
export const BATCH_STATES = ['ingesting', 'running', 'finishing', 'complete', 'refused'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

export interface Batch {
  readonly id: BatchId;
  readonly state: BatchState;
  /** The uploaded object. */
  readonly key: string;
  readonly version: string;
  readonly options: BatchOptions;
  readonly createdAt: string;
  /** Known once the file is read to its end. */
  readonly items?: number;
  readonly rejected?: number;
  /** Why a refused file could not be read: one line for people. */
  readonly problem?: string;
  readonly completedAt?: string;
  /** Since when no item of it is started any more: a person cancelled it. */
  readonly cancelledAt?: string;
}

/** Counts of a batch's items by where they ended, and what they cost so far. */
export interface Progress {
  readonly done: number;
  readonly reused: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly creditsMicro: number;
  readonly creditsMaxUnknownMicro: number;
}

export const NO_PROGRESS: Progress = {
  done: 0,
  reused: 0,
  failed: 0,
  cancelled: 0,
  creditsMicro: 0,
  creditsMaxUnknownMicro: 0,
};

/** Items that have ended, one way or another. */
export function endedItems(progress: Progress): number {
  return progress.done + progress.reused + progress.failed + progress.cancelled;
}
