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

/** A row as it is stored: key, fields, nothing undefined that matters (undefined fields are not written). */
export type TableRow = TableKey & { readonly [name: string]: TableValue | undefined };

/** What must hold of the stored row for a write to happen. A missing row satisfies only `absent`. */
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
      /** Top-level fields to write; `undefined` removes the field. */
      readonly set?: Readonly<Record<string, TableValue | undefined>>;
      /** Top-level numbers to add to; a missing one counts as 0. */
      readonly add?: Readonly<Record<string, number>>;
      readonly onlyIf?: Condition;
      /** It adds nothing, and its condition holds after itself too: it may arrive twice, and needs no transaction alone. */
      readonly mayRepeat?: true;
    }
  | { readonly kind: 'delete'; readonly key: TableKey; readonly onlyIf?: Condition }
  | { readonly kind: 'check'; readonly key: TableKey; readonly onlyIf: Condition };

/** `refused` lists, by index into the writes, those whose condition did not hold; then nothing was written. */
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
  /** Only sort keys that begin so. */
  readonly skPrefix?: string;
  /** Only sort keys from this one to that one, both included. Not together with `skPrefix`. */
  readonly skBetween?: readonly [from: string, to: string];
  readonly descending?: boolean;
  readonly limit?: number;
  /** Top-level fields that the reader wants; the others, keys apart, need not be brought along. */
  readonly fields?: readonly string[];
}

/** The table takes no more just now: it throttles, or transactions met on a row as often as one is tried. */
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
  /** Changes whenever the content does: the S3 version id, or the ETag without its quotes. */
  readonly version: string;
  readonly modifiedAtMs: number;
}

export interface ObjectInfo extends ObjectHead {
  /** For `onlyIfEtag`; S3's own names content, where `version` may name a put. */
  readonly etag: string;
  readonly contentType: string;
  /** Names are lower case; values are ASCII (the writer encodes). */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface StoredObject {
  readonly info: ObjectInfo;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface PutOptions {
  readonly contentType: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Leave an object that is there already as it is, and say `exists`. */
  readonly onlyIfAbsent?: boolean;
  /** Leave an object that is not the one with this ETag as it is, and say `exists`. Not every S3 server heeds it; AWS's does. */
  readonly onlyIfEtag?: string;
  /** Of a body in one piece, in hex, where it is known: it is not computed again. */
  readonly sha256?: string;
}

export type PutResult = { readonly kind: 'stored'; readonly version: string } | { readonly kind: 'exists' };

/** Objects in a bucket or a folder. A put is atomic: a reader sees the whole object with its metadata, or none. */
export interface ObjectStore {
  put(key: string, body: Uint8Array | AsyncIterable<Uint8Array>, options: PutOptions): Promise<PutResult>;
  /** Reads from byte `from` on (default 0); undefined where there is no such object. */
  get(key: string, from?: number): Promise<StoredObject | undefined>;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** Where objects are files of this machine: the file of an object, to be read or linked. */
  fileOf?(key: string): string | undefined;
  /** All objects whose key begins so, in key order. */
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

/** A message as a receiver gets it. */
export interface ReceivedMessage {
  readonly id: string;
  readonly body: string;
  readonly group?: string;
  /** Stands for this one delivery: that of an earlier one no longer counts. */
  readonly receipt: string;
  /** How often it was received, this time counted. */
  readonly receives: number;
  readonly sentAtMs: number;
}

/** Messages come at least once, in any order. One that is received stays hidden for the queue's visibility. */
export interface Queue {
  /** Sends all; throws `QueueError` where some could not be sent after the SDK's own retries. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Up to `most` (10) visible messages; waits up to `waitMs` (20 s) for the first. An abort ends the wait if that loses none. */
  receive(
    most: number,
    waitMs: number,
    signal?: AbortSignal,
    hiddenSeconds?: number,
  ): Promise<readonly ReceivedMessage[]>;
  /** Removes received messages. Receipts no longer known are passed over; one that cannot be removed comes again. */
  delete(receipts: readonly string[]): Promise<void>;
  /** Makes received messages visible again after that many seconds (0–43,200). Receipts no longer known are passed over. */
  setVisibility(receipts: readonly string[], seconds: number): Promise<void>;
}

export interface Clock {
  now(): number;
  /** Resolves after that long, or at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** One line of JSON an entry. Never given keys, base64, prompts or whole answers. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, error: unknown, fields?: LogFields): void;
}
