/** What differs between stages. Everything else is the same in all of them. */
export interface StageSettings {
  readonly stage: string;
  /** Table and bucket outlive the stack, and the table refuses to be deleted. The bucket outlives it in every stage. */
  readonly keepData: boolean;
  readonly logRetentionDays: 7 | 30 | 90 | 365;
  readonly quarantineDays: number;
  /** Items that may have been paid for without an image: sent again (`retry`), or held for a person (`hold`). */
  readonly unknownOutcomes: 'retry' | 'hold';
  /** Old versions of objects, which only a mistake or an overwriting client makes. */
  readonly oldVersionDays: number;
  /** From where reference images that a file names by link are fetched; `*.core.today` is every name below it. */
  readonly referenceHosts: readonly string[];
  readonly generate: GenerateLimits;
  readonly alarms: AlarmSettings;
}

/** The most calls to the provider at a time are `itemsAtOnce × invocationsAtOnce`. */
export interface GenerateLimits {
  readonly itemsAtOnce: number;
  /** AWS takes 2 to 1,000. */
  readonly invocationsAtOnce: number;
  readonly memoryMib: number;
  /** A call is only begun with 5.5 minutes left, so an invocation begins calls for the rest of this. */
  readonly timeoutMinutes: number;
  readonly maxAnswerMib: number;
  /** Pinned limits by model, for the whole stage; what is not here is learnt from the provider's answers. */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
}

export interface ModelLimits {
  readonly requestsPerMinute?: number;
  /** Calls under way at a time. */
  readonly concurrency?: number;
}

export interface AlarmSettings {
  /** Who is told; nobody where it is missing: alarms then only show on the dashboard. */
  readonly email?: string;
  readonly creditsPerHour: number;
  readonly oldestWorkHours: number;
  readonly oldestUploadMinutes: number;
}

const DEV: Omit<StageSettings, 'stage'> = {
  keepData: false,
  logRetentionDays: 7,
  quarantineDays: 7,
  unknownOutcomes: 'retry',
  oldVersionDays: 7,
  referenceHosts: ['*.core.today'],
  generate: {
    itemsAtOnce: 16,
    invocationsAtOnce: 2,
    memoryMib: 2_048,
    timeoutMinutes: 8,
    maxAnswerMib: 64,
  },
  alarms: { creditsPerHour: 10_000, oldestWorkHours: 6, oldestUploadMinutes: 30 },
};

const PROD: Omit<StageSettings, 'stage'> = {
  keepData: true,
  logRetentionDays: 90,
  quarantineDays: 30,
  unknownOutcomes: 'retry',
  oldVersionDays: 30,
  referenceHosts: DEV.referenceHosts,
  generate: { ...DEV.generate, itemsAtOnce: 24, invocationsAtOnce: 10, memoryMib: 3_008 },
  alarms: { creditsPerHour: 100_000, oldestWorkHours: 24, oldestUploadMinutes: 30 },
};

/** Stages with settings of their own. Any other name is a stage like `dev`, for a person or a branch. */
const STAGES: Readonly<Record<string, Omit<StageSettings, 'stage'>>> = { dev: DEV, prod: PROD };

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a stage; `PRESSRUN_ALARM_EMAIL` says who is told of its alarms. */
export function settingsOf(stage: string, env: Environment = process.env): StageSettings {
  const settings = STAGES[stage] ?? DEV;
  const email = env.PRESSRUN_ALARM_EMAIL;
  return { stage, ...settings, alarms: email ? { ...settings.alarms, email } : settings.alarms };
}
