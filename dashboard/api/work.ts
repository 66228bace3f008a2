import * as z from 'zod/mini';

/** Shapes of the JSON API: what makes images or changes batches. */

const count = z.int().check(z.nonnegative());
const nullableCredits = z.nullable(count);

export const creditRange = z.object({
  lowMicro: nullableCredits,
  expectedMicro: nullableCredits,
  highMicro: nullableCredits,
});

export const control = z.object({
  /** With `true`, says what would happen, and does nothing. */
  dryRun: z.optional(z.boolean()),
  only: z.optional(z.string()),
  items: z.optional(z.array(z.object({ row: count, variant: count })).check(z.maxLength(500))),
});

export const controlResult = z.object({ items: count, credits: z.nullable(creditRange), text: z.string() });

export const fileResult = z.object({ file: z.string(), name: z.string(), bytes: count });

export const planRequest = z.object({
  file: z.string(),
  /** Options of the batch by the names of the flags: `model`, `image-size`, `template`, … */
  options: z.optional(z.record(z.string(), z.string())),
});

export const promotionRequest = z.object({
  batch: z.string(),
  /** All that are picked, or these. */
  items: z.union([z.literal('picked'), z.array(z.object({ row: count, variant: count }))]),
  settings: z.optional(z.record(z.string(), z.string())),
  prompt: z.optional(z.string()),
  fromDraft: z.optional(z.boolean()),
});

export const runRequest = z.object({ planId: z.string(), budget: z.optional(z.string()) });
export const runResult = z.object({ batch: z.string(), isNew: z.boolean(), note: z.nullable(z.string()) });

export const column = z.object({
  name: z.string(),
  /** What pressrun takes it for; null is a column of your own. */
  meaning: z.nullable(z.string()),
  used: z.boolean(),
});

export const sample = z.object({
  row: count,
  variant: count,
  name: z.string(),
  prompt: z.string(),
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** What `plan --json` prints, with what the page needs besides. */
export const plan = z.looseObject({
  planId: z.string(),
  name: z.string(),
  format: z.string(),
  columns: z.array(column),
  samples: z.array(sample),
  items: z.object({
    done: count,
    reused: count,
    failed: count,
    cancelled: count,
    pending: count,
  }),
  rejected: count,
  rejectedLines: z.array(
    z.object({ row: count, line: count, column: z.optional(z.string()), reason: z.string() }),
  ),
  credits: creditRange,
  models: z.array(z.looseObject({ model: z.string(), items: count })),
  seconds: z.nullable(z.number()),
  budgets: z.array(
    z.looseObject({
      scope: z.string(),
      limitMicro: count,
      availableMicro: count,
      verdict: z.enum(['fits', 'may-stop', 'stops', 'unknown']),
    }),
  ),
  /** Expectations above this many credits are approved by typing the number of images. */
  approveAboveMicro: count,
});

export type Credits = z.infer<typeof creditRange>;
export type PlanAnswer = z.infer<typeof plan>;
export type ControlResult = z.infer<typeof controlResult>;
