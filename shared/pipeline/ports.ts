/** What the pipeline needs of the world. Adapters: `shared/aws`, `local/`; each port has one contract suite in `test/contract`. */

export interface TableKey {
  readonly pk: string;
  readonly sk: string;
}

export type TableValue =
  | string
  | number
  | boolean
  | null
  | readonly TableValue[]
  | { readonly [name: string]: TableValue | undefined };

/** A stored row; undefined fields are not written. */
export type TableRow = TableKey & { readonly [name: string]: TableValue | undefined };

/** What must hold of the stored row. A missing row satisfies only `absent`. */
export type Condition =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present' }
  | { readonly kind: 'equals'; readonly field: string; readonly value: string | number }
  | { readonly kind: 'atMost'; readonly field: string; readonly value: number }
  | { readonly kind: 'atLeast'; readonly field: string; readonly value: number }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] };

export type TableWrite =
  | { readonly kind: 'put'; readonly row: TableRow; readonly onlyIf?: Condition }
  | {
      readonly kind: 'update';
      readonly key: TableKey;
      /** Top-level fields to write; `undefined` removes one. */
      readonly set?: Readonly<Record<string, TableValue | undefined>>;
      /** Top-level numbers to add; a missing one counts as 0. */
      readonly add?: Readonly<Record<string, number>>;
      readonly onlyIf?: Condition;
      /** It adds nothing and may run twice, so it needs no transaction. */
      readonly mayRepeat?: true;
    }
  | { readonly kind: 'delete'; readonly key: TableKey; readonly onlyIf?: Condition }
  | { readonly kind: 'check'; readonly key: TableKey; readonly onlyIf: Condition };

/** `refused` lists the writes whose condition failed, by index; then nothing was written. */
export type WriteResult =
  | { readonly kind: 'written' }
  | { readonly kind: 'refused'; readonly indexes: readonly number[] };

/** How a read may be answered. */
export interface Reading {
  /** It may bring what stood there a moment ago, for half the price: for whoever is told in time if it was out of date. */
  readonly mayBeOld?: true;
}

export interface TableQuery extends Reading {
  readonly pk: string;
  /** A prefix of sort keys. */
  readonly skPrefix?: string;
  /** A range of sort keys, inclusive. Not with `skPrefix`. */
  readonly skBetween?: readonly [from: string, to: string];
  readonly descending?: boolean;
  readonly limit?: number;
  /** Top-level fields to read, besides keys. */
  readonly fields?: readonly string[];
}

/** The table throttles, or transactions collided too often. */
export class TableBusyError extends Error {
  override name = 'TableBusyError';
}

/** One table with string keys `pk` and `sk`. Reads are strongly consistent unless they say otherwise. Each call may throw `TableBusyError`. */
export interface Table {
  get(key: TableKey, reading?: Reading): Promise<TableRow | undefined>;
  query(query: TableQuery): AsyncIterable<TableRow>;
  /** Writes all or nothing: at most 100, no key twice. Retries conflicts; a failed condition is an outcome, not an error. */
  write(writes: readonly TableWrite[]): Promise<WriteResult>;
}

export interface ObjectHead {
  readonly key: string;
  readonly bytes: number;
  /** Changes with the content: the S3 version id, or the ETag without quotes. */
  readonly version: string;
  readonly modifiedAtMs: number;
}

export interface ObjectInfo extends ObjectHead {
  /** For `onlyIfEtag`; names content, while `version` may name a put. */
  readonly etag: string;
  readonly contentType: string;
  /** Lower-case names; ASCII values, which the writer encodes. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly info: ObjectInfo;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface PutOptions {
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Keeps an existing object, and returns `exists`. */
  readonly onlyIfAbsent?: boolean;
  /** Keeps an object without this ETag, and returns `exists`. AWS's S3 supports it; not every server does. */
  readonly onlyIfEtag?: string;
  /** Of a body in one piece, in hex, if known. */
  readonly sha256?: string;
}

export type PutResult = { readonly kind: 'stored'; readonly version: string } | { readonly kind: 'exists' };

/** Objects in a bucket or folder. Puts are atomic: readers see the whole object with metadata, or none. */
export interface ObjectStore {
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions): Promise<PutResult>;
  /** Reads from byte `from` on; undefined if there is no object. */
  get(key: string, from?: number): Promise<StoredObject | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** The object's file on this machine, to read or link. */
  fileOf?(key: string): string | undefined;
  /** Objects with this key prefix, in key order. */
  list(prefix: string): AsyncIterable<ObjectHead>;
  delete(key: string): Promise<void>;
}

export interface OutgoingMessage {
  readonly body: string;
  /** At most 900. */
  readonly delaySeconds?: number;
  /** Fair queues: one group a batch. */
  readonly group?: string;
}

export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly group?: string;
  /** For this delivery only. */
  readonly receipt: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  readonly sentAtMs: number;
}

/** At least once, in any order. A received message is hidden for the queue's visibility. */
export interface Queue {
  /** Sends all; throws `QueueError` if some failed after the SDK's retries. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Up to `most` (10) visible messages; waits up to `waitMs` (20 s) for the first. An abort ends the wait if that loses none. */
  receive(
    most: number,
    waitMs: number,
    signal?: AbortSignal,
    hiddenSeconds?: number,
  ): Promise<readonly ReceivedMessage[]>;
  /** Removes received messages. Ignores unknown receipts; a message that can't be removed comes again. */
  delete(receipts: readonly string[]): Promise<void>;
  /** Makes received messages visible after that many seconds (0–43,200). Ignores unknown receipts. */
  setVisibility(receipts: readonly string[], seconds: number): Promise<void>;
}

export interface Clock {
  now(): number;
  /** Resolves after that long, or when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line of JSON an entry. Never log keys, base64, prompts or whole responses. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, error: unknown, fields?: LogFields): void;
}
