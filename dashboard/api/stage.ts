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

export const reconciliationRequest = z.object({
  /** A file that was sent to `POST /api/v1/files`: the provider's statement as CSV. */
  file: z.string(),
  /** Whose days are meant; UTC if it says nothing. */
  tz: z.optional(z.string()),
});

const reconciled = z.object({
  oursMicro: count,
  theirsMicro: count,
  differenceMicro: z.int(),
  unknownMaxMicro: count,
  verdict: z.enum(['same', 'explained', 'tolerated', 'unexplained']),
});

/** What `reconcile --json` prints. */
export const reconciliation = z.object({
  from: z.string(),
  to: z.string(),
  tolerancePercent: z.number(),
  rows: z.array(
    z.extend(reconciled, {
      day: z.string(),
      model: z.string(),
      /** What the difference is made of, as far as that is known. */
      causes: z.array(z.looseObject({ kind: z.string() })),
    }),
  ),
  total: reconciled,
  unread: z.array(z.object({ line: count, reason: z.string() })),
});

export type ReconciliationAnswer = z.infer<typeof reconciliation>;
export type StageInfo = z.infer<typeof stage>;
export type FailureAnswer = z.infer<typeof failure>['error'];
export type ProviderList = z.infer<typeof providers>;
export type Schedules = z.infer<typeof schedules>;
