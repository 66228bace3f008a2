import { DEFAULT_MODEL, type ImageSize } from '../calls/models.ts';
import type { BatchId } from '../ids.ts';
import type { Axis } from '../prompt-file/template/axes.ts';

/** Settings of one image, per row over the batch's; undefined leaves it to the provider. */
export interface ImageSettings {
  readonly model: string;
  readonly aspectRatio?: string;
  readonly imageSize?: ImageSize;
  readonly temperature?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  readonly system?: string;
}

/** How one row becomes the images of many prompts. */
export interface Expansion {
  readonly axes: readonly Axis[];
  /** Whether `{a|b}` is a choice in the prompts of the file too; in a template it always is. */
  readonly prompts?: true;
  /** So many of each row's combinations, drawn by the seed; all where it is missing. */
  readonly sample?: number;
  readonly seed?: string;
  /** The most items that a batch is made of that expands. */
  readonly maxItems?: number;
}

/** What the submitter asked of the whole file; it travels as metadata of the uploaded object. */
export interface BatchOptions {
  readonly name?: string;
  readonly template?: string;
  readonly variants: number;
  /** The batch's own budget, in µcr; it is no part of what the batch is: with another budget it is the same one. */
  readonly budgetMicro?: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly settings: ImageSettings;
  /** Fields of every row that has no cell of that name: what a schedule gives its runs (`date`, `week`, `month`, `run`). */
  readonly variables?: Readonly<Record<string, string>>;
  readonly expansion?: Expansion;
  /** Makes every image, whether one of its content is in the store or not. */
  readonly fresh?: true;
  /** From 2: which batch of the same file and options this is, where an earlier one is over and not good enough. */
  readonly run?: number;
}

export const DEFAULT_BATCH_OPTIONS: BatchOptions = {
  variants: 1,
  tags: {},
  settings: { model: DEFAULT_MODEL },
};

/**
 * A batch's life: `ingesting` while its file is read, `running` while items are open, `finishing` while its manifest
 * is written, then `complete`. `refused` is a file that could not be read at all.
 */
export type BatchState = 'ingesting' | 'running' | 'finishing' | 'complete' | 'refused';

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
  /** Since when no item of it is begun any more: a person cancelled it. */
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
