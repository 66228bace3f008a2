import { DEFAULT_MODEL } from '../calls/models.ts';
import type { BatchId } from '../ids.ts';
import type { RowDefaults } from '../prompt-file/row/row-defaults.ts';

/** What the submitter asked of the whole file, as the object's metadata. */
export interface BatchOptions extends RowDefaults {
  readonly name?: string;
  /** The batch's own budget in µcr; changing it does not make another batch. */
  readonly budgetMicro?: number;
  /** Who submitted it, if known; changing it does not make another batch. */
  readonly user?: string;
  /** The workbook's sheet to read, by default the first. */
  readonly sheet?: string;
  /** Ignores stored images of the same content. */
  readonly fresh?: true;
  /** Makes a contact sheet when complete; changing it does not make another batch. */
  readonly contactSheet?: true;
  /** From 2: the number of this batch of the same file and options. */
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
  readonly key: string;
  readonly version: string;
  readonly options: BatchOptions;
  readonly createdAt: string;
  /** Its first images are older than its row: an earlier table, now lost, knew it. */
  readonly hadImages?: true;
  /** Known once the whole file is read. */
  readonly items?: number;
  readonly rejected?: number;
  /** Why a refused file could not be read, in one line. */
  readonly problem?: string;
  readonly completedAt?: string;
  /** When the batch was cancelled: no item starts any more. */
  readonly cancelledAt?: string;
}

/** A batch's items by their end, and their cost so far. */
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

export function endedItems(progress: Progress): number {
  return progress.done + progress.reused + progress.failed + progress.cancelled;
}
