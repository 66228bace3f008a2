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

/** All side effects of the pipeline, built in `shared/runtime/effects.ts` and passed first. */
export interface Effects {
  readonly table: Table;
  readonly store: ObjectStore;
  readonly ingestQueue: Queue;
  readonly workQueue: Queue;
  readonly provider: Provider;
  /** Memory for responses: as much as this process has. */
  readonly lendMemory: LendMemory;
  /** Fetches a linked reference image from allowed hosts. */
  readonly fetchReference: FetchLink;
  /** Where files may name objects as references, besides `references/` and images of this stage. */
  readonly referencePrefixes: readonly string[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newAttemptId: () => AttemptId;
  readonly log: Log;
  readonly models: ModelCatalog;
  readonly providers: Providers;
  /** For files whose options name no model. */
  readonly defaultModel: string;
  readonly prices: PriceList;
  /** For an item whose attempt may have been billed without an image. */
  readonly unknownOutcomes: UnknownPolicy;
  readonly notify: (event: PipelineEvent) => void;
  /** How ends of attempts are written. Missing: each alone. */
  readonly commit?: Commit;
}

/** A transaction that counts something. Its writes are made when its shard is known. */
export interface Draft {
  /** Its shard if written alone. */
  readonly shard: number;
  readonly writes: (shard: number) => Promise<readonly TableWrite[]>;
}

/** Writes a draft all or nothing, alone or with others; `refused` is about its own writes. */
export type Commit = (draft: Draft) => Promise<WriteResult>;

/** Events for the progress bar, `--out` and others on this machine. */
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
      /** Work continues beyond the limit. */
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
