import * as z from 'zod/mini';

/** Shapes of the JSON API: batches. Money is integer micro-credits, times are ISO 8601 in UTC. */

const count = z.int().check(z.nonnegative());

export const wait = z.object({
  /** `paused` until you act; `breaker` and `slowed` clear on their own; `nobody`: no worker is running. */
  kind: z.enum(['paused', 'breaker', 'slowed', 'nobody']),
  text: z.string(),
  doThis: z.optional(z.string()),
  until: z.optional(z.string()),
  /** Whether the page can end it with a button: the batch's own pause, or the whole stage's. */
  resume: z.optional(z.enum(['batch', 'stage'])),
});

export const batchSummary = z.object({
  batch: z.string(),
  name: z.string(),
  createdAt: z.string(),
  endedAt: z.nullable(z.string()),
  state: z.enum(['ingesting', 'running', 'finishing', 'complete', 'refused', 'paused', 'cancelling']),
  /** Adds up to the items of the batch. `working` is part of none of the others. */
  items: z.object({
    done: count,
    reused: count,
    failed: count,
    cancelled: count,
    working: count,
    pending: count,
  }),
  rejected: count,
  picked: count,
  creditsMicro: count,
  creditsMaxUnknownMicro: count,
  perMinute: z.number(),
  secondsLeft: z.nullable(z.number()),
  problem: z.optional(z.string()),
  waits: z.array(wait),
  /** The images that were made last. */
  cover: z.array(z.object({ row: count, variant: count, sha8: z.string(), name: z.string() })),
});

export const batchList = z.object({ batches: z.array(batchSummary), next: z.nullable(z.string()) });

/** One letter an item: done, reused, failed, cancelled, working, queued. */
export const STATE_LETTERS = 'drfcwq';

/** All items of a batch in columns; numbers in `code`, `model`, `notice` and `tags` point into `dict`, -1 is none. */
export const batchIndex = z.object({
  version: z.string(),
  count: count,
  /** More items than are listed. */
  truncated: z.boolean(),
  row: z.array(count),
  variant: z.array(count),
  name: z.array(z.string()),
  state: z.string(),
  code: z.array(z.int()),
  model: z.array(z.int()),
  width: z.array(count),
  height: z.array(count),
  creditsMicro: z.array(count),
  notice: z.array(z.int()),
  tags: z.array(z.int()),
  /** When its last attempt ended, in epoch seconds; 0 is never. */
  at: z.array(count),
  sha8: z.array(z.string()),
  dict: z.object({
    models: z.array(z.string()),
    codes: z.array(z.string()),
    notices: z.array(z.string()),
    tags: z.array(z.string()),
  }),
  /** What items may be laid out by: settings and columns of few values. */
  axes: z.array(z.object({ name: z.string(), values: z.array(z.string()), value: z.array(z.int()) })),
});

/** An item that changed: place in the index, then its new values. */
export const itemChange = z.tuple([
  count,
  z.string(),
  z.int(),
  count,
  count,
  count,
  z.int(),
  count,
  z.string(),
]);

export const mark = z.object({
  row: count,
  variant: count,
  mark: z.enum(['picked', 'aside']),
  by: z.string(),
  at: z.string(),
});

export const marks = z.object({ version: count, marks: z.array(mark) });

export const markChanges = z.object({
  set: z
    .array(z.object({ row: count, variant: count, mark: z.nullable(z.enum(['picked', 'aside'])) }))
    .check(z.maxLength(500)),
});

const charge = z.object({
  inputTokens: count,
  textTokens: count,
  imageTokens: count,
  basis: z.string(),
  price: z.string(),
  creditsMicro: count,
  creditsMaxMicro: count,
  outcome: z.string(),
});

export const itemDetail = z.object({
  batch: z.string(),
  row: count,
  variant: count,
  id: z.nullable(z.string()),
  name: z.string(),
  state: z.string(),
  prompt: z.string(),
  template: z.nullable(z.string()),
  columns: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  references: z.array(z.string()),
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  image: z.nullable(
    z.object({
      key: z.string(),
      sha256: z.string(),
      bytes: count,
      type: z.string(),
      width: count,
      height: count,
      extras: z.array(z.string()),
    }),
  ),
  mismatch: z.nullable(z.string()),
  notice: z.nullable(z.string()),
  reusedFrom: z.nullable(z.string()),
  failure: z.nullable(
    z.object({
      code: z.string(),
      title: z.string(),
      message: z.string(),
      advice: z.string(),
      actions: z.array(z.enum(['retry', 'edit'])),
    }),
  ),
  /** What the model said instead of, or beside, an image. */
  text: z.nullable(z.string()),
  attempts: z.array(
    z.object({
      at: z.string(),
      outcome: z.string(),
      title: z.string(),
      seconds: z.number(),
      charge: z.nullable(charge),
    }),
  ),
  creditsMicro: count,
  creditsMaxUnknownMicro: count,
  mark: z.nullable(mark),
});

export const prompts = z.object({ prompts: z.record(z.string(), z.string()) });
export const found = z.object({ places: z.array(count) });
export const rejectedLines = z.object({
  lines: z.array(z.object({ row: count, line: count, column: z.optional(z.string()), reason: z.string() })),
});

export type Wait = z.infer<typeof wait>;
export type BatchSummary = z.infer<typeof batchSummary>;
export type BatchIndex = z.infer<typeof batchIndex>;
export type ItemChange = z.infer<typeof itemChange>;
export type BatchMarks = z.infer<typeof marks>;
export type ItemDetail = z.infer<typeof itemDetail>;
