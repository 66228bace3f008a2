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

/** `run --json` and `status BATCH --json`: these fields and no other (design.md, "The command"). */
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
};

const figures = {
  creditsMicroPerImage: z.nullable(count),
  wasteShare: z.nullable(z.number()),
  usdApprox: z.number(),
};

/** `cost --json`, with the rows' dimensions. */
export function costJson(by: readonly string[]) {
  const dimensions = Object.fromEntries(by.map((dimension) => [dimension, z.string()]));
  return z.strictObject({
    from: z.string(),
    to: z.string(),
    by: z.array(z.string()),
    tz: z.string(),
    source: z.enum(['roll-ups', 'charges']),
    usdPerCredit: z.number(),
    rows: z.array(z.strictObject({ ...dimensions, ...amounts, ...figures })),
    total: z.strictObject({ ...amounts, ...figures }),
  });
}

/** The one document that stdout is; throws where it is none, or more than one. */
export function runResult(stdout: string): RunJson {
  return runJson.parse(JSON.parse(stdout));
}
