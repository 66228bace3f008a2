import * as z from 'zod/mini';

const count = z.int().check(z.nonnegative());

const status = {
  batch: z.string(),
  state: z.string(),
  items: z.strictObject({ done: count, reused: count, failed: count, cancelled: count, pending: count }),
  rejected: count,
  creditsMicro: count,
  creditsMaxUnknownMicro: count,
};

export const statusJson = z.strictObject(status);

/** `run --json` and `status BATCH --json` */
export const runJson = z.strictObject({
  ...status,
  images: z.array(
    z.strictObject({
      row: count,
      variant: count,
      file: z.string(),
      sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      type: z.string(),
      width: count,
      height: count,
      creditsMicro: count,
      text: z.optional(z.string()),
      notice: z.optional(z.string()),
    }),
  ),
  failures: z.array(z.strictObject({ row: count, variant: count, code: z.string(), message: z.string() })),
});

export type RunJson = z.infer<typeof runJson>;

const amounts = {
  images: count,
  attempts: count,
  inputTokens: count,
  textTokens: count,
  imageTokens: count,
  creditsMicro: count,
  wasteMicro: count,
  unknownMaxMicro: count,
  statedMicro: count,
  statedForMicro: count,
};

const figures = {
  creditsMicroPerImage: z.nullable(count),
  wasteShare: z.nullable(z.number()),
  usdApprox: z.number(),
  usdPerCredit: z.number(),
  /** An exact decimal. */
  credits: z.string(),
};

/** `cost --json`, with the dimensions `by`. */
export function costJson(by: readonly string[]) {
  const dimensions = Object.fromEntries(by.map((dimension) => [dimension, z.string()]));
  return z.strictObject({
    from: z.string(),
    to: z.string(),
    by: z.array(z.string()),
    tz: z.string(),
    source: z.enum(['roll-ups', 'charges']),
    usdPerCredit: z.number(),
    currency: z.literal('USD'),
    rateSource: z.string(),
    /** Lines beyond `--top`, in the total. */
    leftOut: z.optional(count),
    rows: z.array(z.strictObject({ ...dimensions, ...amounts, ...figures })),
    total: z.strictObject({ ...amounts, ...figures }),
  });
}

/** With any dimensions. */
export const costOutputJson = z.strictObject({
  ...costJson([]).shape,
  rows: z.array(z.catchall(z.object({ ...amounts, ...figures }), z.string())),
});

/** `submit --json`. */
export const submitJson = z.strictObject({ batch: z.string() });

/** `status --json`, without a batch: the newest. */
export const statusListJson = z.strictObject({ batches: z.array(statusJson) });

const micro = z.nullable(count);
const rejectedLine = z.strictObject({
  row: count,
  line: count,
  column: z.optional(z.string()),
  reason: z.string(),
});

/** `plan --json`; unknown figures are null. */
export const planOutputJson = z.strictObject({
  ...status,
  batch: z.null(),
  state: z.literal('planned'),
  images: z.array(z.never()),
  failures: z.array(z.never()),
  credits: z.strictObject({ lowMicro: micro, expectedMicro: micro, highMicro: micro }),
  models: z.array(
    z.strictObject({
      model: z.string(),
      items: count,
      lowMicro: micro,
      expectedMicro: micro,
      highMicro: micro,
      workMs: z.nullable(z.number()),
      basis: z.enum(['history', 'prices', 'both', 'unknown']),
      measuredItems: count,
    }),
  ),
  seconds: z.nullable(z.number()),
  callsAtOnce: count,
  limits: z.array(z.strictObject({ model: z.string(), perMinute: z.number() })),
  budgets: z.array(
    z.strictObject({
      scope: z.string(),
      limitMicro: count,
      availableMicro: count,
      expectedMicro: micro,
      highMicro: micro,
      verdict: z.enum(['fits', 'may-stop', 'stops', 'unknown']),
    }),
  ),
  changed: z.array(
    z.strictObject({ id: z.string(), row: count, variant: count, columns: z.array(z.string()) }),
  ),
  gone: z.array(z.string()),
  rejectedLines: z.array(rejectedLine),
});

/** `budget list --json`. */
export const budgetListJson = z.strictObject({
  budgets: z.array(
    z.strictObject({
      scope: z.string(),
      account: z.string(),
      limitMicro: count,
      spentMicro: count,
      heldMicro: count,
      availableMicro: count,
      state: z.string(),
      /** Per cent of the limit at which it warns. */
      warnAt: z.array(z.number()),
      atLimit: z.enum(['pause', 'tell']),
    }),
  ),
});

const range = { lowMicro: count, expectedMicro: count, highMicro: count };

/** `cost --forecast --json`. */
export const forecastOutputJson = z.strictObject({
  period: z.enum(['day', 'month', 'quarter']),
  from: z.string(),
  to: z.string(),
  asOf: z.string(),
  spent: z.strictObject(range),
  /** Unfinished items; `unpriced` have no price. */
  queued: z.strictObject({ ...range, items: count, unpriced: count }),
  /** Runs until the end; `unpriced` have no history. */
  scheduled: z.strictObject({ ...range, runs: count, unpriced: count }),
  /** Other usual spending, by so many days. */
  usual: z.strictObject({ ...range, measuredDays: count }),
  total: z.strictObject(range),
  budgets: z.array(
    z.strictObject({
      scope: z.string(),
      limitMicro: count,
      spentMicro: z.int(),
      queuedMicro: count,
      dailyMicro: count,
      /** Null if not within its period or a year. */
      reachedOn: z.nullable(z.string()),
    }),
  ),
  usdPerCredit: z.nullable(z.number()),
});
