import type { ConfigurationFile, StageEntry } from '../shared/domain/configuration/configuration-file.ts';

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
  /** Folders of the bucket whose objects a row may name as references, such as `brand/`. */
  readonly referencePrefixes: readonly string[];
  readonly generate: GenerateLimits;
  readonly alarms: AlarmSettings;
  /** Providers, models, prices and defaults that go with the deployment; undefined where all are the built-in ones. */
  readonly configuration?: ConfigurationFile;
}

/** The most calls to the provider at a time are `itemsAtOnce × invocationsAtOnce`. */
interface GenerateLimits {
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

interface ModelLimits {
  readonly requestsPerMinute?: number;
  /** Calls under way at a time. */
  readonly concurrency?: number;
}

interface AlarmSettings {
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
  referencePrefixes: [],
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
  referencePrefixes: DEV.referencePrefixes,
  generate: { ...DEV.generate, itemsAtOnce: 24, invocationsAtOnce: 10, memoryMib: 3_008 },
  alarms: { creditsPerHour: 100_000, oldestWorkHours: 24, oldestUploadMinutes: 30 },
};

/** Any other name is a stage like `dev` that keeps its data: what is paid for is thrown away only where that was asked for. */
const STAGES: ReadonlyMap<string, Omit<StageSettings, 'stage'>> = new Map([
  ['dev', DEV],
  ['prod', PROD],
]);

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings of a stage, with those that the configuration file has for it; `PRESSRUN_ALARM_EMAIL` goes before its address. */
export function settingsOf(
  stage: string,
  env: Environment = process.env,
  file: ConfigurationFile = {},
): StageSettings {
  const base = STAGES.get(stage) ?? { ...DEV, keepData: true };
  const entry = file.stages?.[stage] ?? {};
  const configuration = deployed(file);
  return {
    stage,
    keepData: entry.keepData ?? base.keepData,
    logRetentionDays: entry.logRetentionDays ?? base.logRetentionDays,
    quarantineDays: entry.quarantineDays ?? base.quarantineDays,
    unknownOutcomes: entry.unknownOutcomes ?? file.defaults?.unknownOutcomes ?? base.unknownOutcomes,
    oldVersionDays: entry.oldVersionDays ?? base.oldVersionDays,
    referenceHosts: entry.referenceHosts ?? file.defaults?.referenceHosts ?? base.referenceHosts,
    referencePrefixes: entry.referencePrefixes ?? file.defaults?.referencePrefixes ?? base.referencePrefixes,
    generate: generateLimits(base.generate, entry, file.defaults?.maxAnswerMiB),
    alarms: alarmSettings(base.alarms, entry, env.PRESSRUN_ALARM_EMAIL || entry.alarmEmail),
    ...(configuration === undefined ? {} : { configuration }),
  };
}

function generateLimits(base: GenerateLimits, entry: StageEntry, maxAnswerMib?: number): GenerateLimits {
  return {
    ...base,
    itemsAtOnce: entry.itemsAtOnce ?? base.itemsAtOnce,
    invocationsAtOnce: entry.invocationsAtOnce ?? base.invocationsAtOnce,
    memoryMib: entry.memoryMiB ?? base.memoryMib,
    timeoutMinutes: entry.timeoutMinutes ?? base.timeoutMinutes,
    maxAnswerMib: entry.maxAnswerMiB ?? maxAnswerMib ?? base.maxAnswerMib,
  };
}

function alarmSettings(base: AlarmSettings, entry: StageEntry, email?: string): AlarmSettings {
  return {
    creditsPerHour: entry.creditsPerHourAlarm ?? base.creditsPerHour,
    oldestWorkHours: entry.oldestWorkHoursAlarm ?? base.oldestWorkHours,
    oldestUploadMinutes: entry.oldestUploadMinutesAlarm ?? base.oldestUploadMinutes,
    ...(email ? { email } : {}),
  };
}

/** What the functions read; a stage's own limits reach them as environment variables. */
function deployed({ providers, models, prices, defaults }: ConfigurationFile): ConfigurationFile | undefined {
  const parts = { providers, models, prices, defaults };
  const given = Object.entries(parts).filter(([, part]) => part !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
