/** What a stage's resources are called, wherever they are made: by CDK, by `--create`, or in the embedded stage. */
export interface StageNames {
  readonly table: string;
  readonly bucket: string;
  readonly workQueue: string;
  readonly workDeadQueue: string;
  readonly ingestQueue: string;
  readonly ingestDeadQueue: string;
}

/** The names of a stage's resources. Throws where the stage's own name could not be part of a bucket's name. */
export function stageNames(stage: string): StageNames {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(stage)) {
    throw new Error(
      `stage name ${JSON.stringify(stage)} cannot be used: take 1 to 40 of a-z, 0-9 and inner hyphens, such as "prod"`,
    );
  }
  const prefix = `pressrun-${stage}`;
  return {
    table: prefix,
    bucket: prefix,
    workQueue: `${prefix}-work`,
    workDeadQueue: `${prefix}-work-dead`,
    ingestQueue: `${prefix}-ingest`,
    ingestDeadQueue: `${prefix}-ingest-dead`,
  };
}

/** Where a deployed stage writes what its resources are really called, so that a command finds it by its name alone. */
export function stageParameter(stage: string): string {
  return `/pressrun/${stage}`;
}

/** Where the provider key of a deployed stage is, unless its configuration chose a secret of Secrets Manager. */
export function keyParameter(stage: string): string {
  return `/pressrun/${stage}/key`;
}

/** Where the secret is that signs a deployed stage's webhook, unless its configuration names another place. */
export function webhookParameter(stage: string): string {
  return `/pressrun/${stage}/webhook`;
}

/** Goes before the name of a parameter where the place of a key may be a secret or a parameter: `ssm:/pressrun/dev/key`. */
export const PARAMETER_PREFIX = 'ssm:';

/** The `source` of a stage's events on the account's default event bus. */
export const EVENT_SOURCE = 'pressrun';
export const BATCH_COMPLETED = 'BatchCompleted';
export const BATCH_PAUSED = 'BatchPaused';
export const BUDGET_REACHED = 'BudgetReached';
export const BUDGET_NEARLY_SPENT = 'BudgetNearlySpent';
export const FILE_REFUSED = 'FileRefused';
export const SCHEDULE_FAILED = 'ScheduleFailed';

/** Every metric has the dimensions `service` (pressrun) and `stage`; `calls` has `outcome` as well. */
export const METRICS_NAMESPACE = 'pressrun';
export const METRICS_SERVICE = 'pressrun';
export const METRICS = {
  /** Ended calls, one series an outcome: `image`, or the code of a failure. */
  calls: 'Calls',
  /** From sending to the end of the answer, in milliseconds. */
  latency: 'ProviderLatency',
  /** 1 for a call that was answered with 429 or a quota, else 0: its average is their rate. */
  rateLimited: 'RateLimited',
  /** Credits recorded, not micro-credits. */
  credits: 'Credits',
  /** How many pauses hold, told every minute. */
  pauses: 'Pauses',
  /** How many budgets are nearly spent or spent, told every minute. */
  budgets: 'BudgetsNearlySpent',
  /** Uploaded files that were refused. */
  refusedFiles: 'RefusedFiles',
  /** How many models answer nobody, told every minute. */
  openBreakers: 'OpenBreakers',
  /** How many models are called at a limited pace, told every minute. */
  slowedModels: 'SlowedModels',
  /** For how many seconds no item of the most stalled open batch has ended, told every minute while a batch is open. */
  oldestWork: 'OldestWork',
} as const;
