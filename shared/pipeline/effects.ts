import type { FailureCode } from '../domain/calls/failure.ts';
import type { ModelCatalog } from '../domain/calls/models.ts';
import type { Providers } from '../domain/configuration/providers.ts';
import type { AttemptId } from '../domain/ids.ts';
import type { ItemRef } from '../domain/item/item.ts';
import type { UnknownPolicy } from '../domain/item/retry.ts';
import type { PriceList } from '../domain/money/prices.ts';
import type { FetchLink } from '../provider/http/image-link.ts';
import type { LendMemory, Provider } from '../provider/types.ts';
import type { Clock, Log, ObjectStore, Queue, Table, TableWrite, WriteResult } from './ports.ts';

/** Every side effect of the pipeline, built in one place (`shared/runtime/effects.ts`) and passed first. */
export interface Effects {
  readonly table: Table;
  readonly store: ObjectStore;
  readonly ingestQueue: Queue;
  readonly workQueue: Queue;
  readonly provider: Provider;
  /** For what a call brings: as much as this process can bear at a time. */
  readonly lendMemory: LendMemory;
  /** Fetches a reference image that a file names by link, from allowed hosts. */
  readonly fetchReference: FetchLink;
  /** Where a file may name objects as references, beside `references/` and the images of this stage's batches. */
  readonly referencePrefixes: readonly string[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newAttemptId: () => AttemptId;
  readonly log: Log;
  readonly models: ModelCatalog;
  /** Who serves the models. */
  readonly providers: Providers;
  /** For files whose options name no model. */
  readonly defaultModel: string;
  readonly prices: PriceList;
  /** What becomes of an item whose attempt may have been billed and brought no image. */
  readonly unknownOutcomes: UnknownPolicy;
  readonly notify: (event: PipelineEvent) => void;
  /** How ends of attempts are written. Missing: each alone. */
  readonly commit?: Commit;
}

/** One transaction that counts something: its writes are made at the last moment, when it is known in which shard they count. */
export interface Draft {
  /** Where it counts if it is written alone. */
  readonly shard: number;
  readonly writes: (shard: number) => Promise<readonly TableWrite[]>;
}

/** Writes a draft all or nothing, by itself or together with others; `refused` speaks of its own writes. */
export type Commit = (draft: Draft) => Promise<WriteResult>;

/** What an onlooker may want to know at once: on one machine the progress bar and the copying to `--out` listen. */
export type PipelineEvent =
  | { readonly kind: 'item-ended'; readonly item: ItemRef; readonly imageKey?: string }
  | { readonly kind: 'batch-complete'; readonly batch: string }
  | {
      readonly kind: 'call-ended';
      readonly model: string;
      readonly outcome: 'image' | FailureCode;
      readonly latencyMs: number;
    }
  | { readonly kind: 'charged'; readonly model: string; readonly creditsMicro: number }
  | { readonly kind: 'paused'; readonly model: string; readonly code: FailureCode; readonly hint: string }
  | {
      readonly kind: 'budget-nearly-spent';
      readonly scope: string;
      readonly account: string;
      readonly spentMicro: number;
      readonly limitMicro: number;
      /** Work goes on beyond the limit. */
      readonly atLimit?: 'tell';
    }
  | {
      readonly kind: 'budget-reached';
      readonly batch: string;
      readonly scope: string;
      readonly limitMicro: number;
      readonly hint: string;
    }
  | { readonly kind: 'file-refused'; readonly batch: string; readonly problem: string }
  | {
      readonly kind: 'schedule-failed';
      readonly schedule: string;
      readonly plannedAt: string;
      readonly reason: string;
    };
