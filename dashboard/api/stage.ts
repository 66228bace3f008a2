import * as z from 'zod/mini';

/** Shapes of the JSON API: the stage, its provider, its schedules, and what can go wrong. */

const count = z.int().check(z.nonnegative());

export const stage = z.object({
  stage: z.string(),
  region: z.nullable(z.string()),
  simulated: z.boolean(),
  local: z.boolean(),
  user: z.string(),
  version: z.string(),
  usdPerCredit: z.nullable(z.number()),
  /** How commands name this stage: empty, ` --simulate` or ` --stage NAME`. */
  flag: z.string(),
  models: z.array(
    z.object({ model: z.string(), aspectRatios: z.array(z.string()), imageSizes: z.array(z.string()) }),
  ),
});

export const failure = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    doThis: z.optional(z.string()),
    command: z.optional(z.string()),
  }),
});

export const minute = z.object({
  at: z.string(),
  calls: count,
  images: count,
  rateLimited: count,
  failed: count,
  p50Ms: z.nullable(z.number()),
  p95Ms: z.nullable(z.number()),
});

export const providers = z.object({
  models: z.array(
    z.object({
      model: z.string(),
      perMinute: z.nullable(z.number()),
      by: z.nullable(z.enum(['pinned', 'measured', 'seeking'])),
      breaker: z.nullable(z.object({ since: z.string(), probes: count, nextProbeAt: z.string() })),
      pauses: z.array(
        z.object({ code: z.string(), message: z.string(), hint: z.string(), since: z.string() }),
      ),
      minutes: z.array(minute),
    }),
  ),
});

export const schedules = z.object({
  schedules: z.array(
    z.object({
      name: z.string(),
      when: z.string(),
      timeZone: z.string(),
      state: z.enum(['active', 'paused', 'over']),
      next: z.array(z.string()),
      nextLocal: z.array(z.string()),
      runs: z.array(
        z.object({
          plannedAt: z.string(),
          local: z.string(),
          state: z.string(),
          run: z.nullable(count),
          batch: z.nullable(z.string()),
          batchState: z.nullable(z.string()),
          reason: z.nullable(z.string()),
          creditsMicro: count,
        }),
      ),
    }),
  ),
});

export type StageInfo = z.infer<typeof stage>;
export type FailureAnswer = z.infer<typeof failure>['error'];
export type ProviderList = z.infer<typeof providers>;
export type Schedules = z.infer<typeof schedules>;
