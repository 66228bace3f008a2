import type {
  ConfigurationFile,
  LogDays,
  StageEntry,
} from '../shared/domain/configuration/configuration-file.ts';
import { deployedPart } from '../shared/domain/configuration/deployed-part.ts';
import { PARAMETER_PREFIX, webhookParameter } from '../shared/names.ts';

/** What differs between stages. Everything else is the same in all of them. */
export interface StageSettings {
  readonly stage: string;
  /** Table and bucket outlive the stack, and the table refuses to be deleted. The bucket outlives it in every stage. */
  readonly keepData: boolean;
  readonly logRetentionDays: LogDays;
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
  /** Whether Lambda polls the queues; if not, files and items wait for workers elsewhere, or for a deployment with it. */
  readonly polling: boolean;
  readonly alarms: AlarmSettings;
  readonly dashboard: boolean;
  /** Traces in X-Ray. */
  readonly tracing: boolean;
  /** Where the provider's key is: a SecureString of Parameter Store, which is free, or a secret of Secrets Manager. */
  readonly keyStore: 'parameter' | 'secret';
  /** ARN of a KMS key for table and bucket, in place of AWS's own. */
  readonly encryptionKey?: string;
  /** ARN of a policy that bounds every role of the stack. */
  readonly permissionsBoundary?: string;
  /** Where the secret of the webhook is; undefined if the stage has no webhook. */
  readonly webhookSecret?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Of an earlier stack, or restored: taken over in place of a new one. */
  readonly existing: { readonly table?: string; readonly bucket?: string };
  /** Providers, models, prices and defaults that go with the deployment; undefined if all are the built-in ones. */
  readonly configuration?: ConfigurationFile;
}

/** The most calls to the provider at a time are `itemsAtOnce × invocationsAtOnce`. */
interface GenerateLimits {
  readonly itemsAtOnce: number;
  /** AWS takes 2 to 1,000. */
  readonly invocationsAtOnce: number;
  /** A quarter of it is for answers on their way in (shared/runtime/memory): large ones wait for one another. */
  readonly memoryMib: number;
  /** A call is only started with 5.5 minutes left, so an invocation begins calls for the rest of this. */
  readonly timeoutMinutes: number;
  readonly maxAnswerMib: number;
  /** Pinned limits by model, for the whole stage; what is not here is learned from the provider's answers. */
  readonly limits?: Readonly<Record<string, ModelLimits>>;
}

interface ModelLimits {
  readonly requestsPerMinute?: number;
  /** Calls in progress at a time. */
  readonly concurrency?: number;
}

interface AlarmSettings {
  /** Who gets the mails, unless a deployment names another address (`PRESSRUN_ALARM_EMAIL`). */
  readonly email?: string;
  /** `few`: those that say that a stage no longer works. CloudWatch asks a price for each. */
  readonly which: 'few' | 'all';
  /** Whether a KMS key of the stage encrypts alarms on their way. */
  readonly ownKey: boolean;
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
    itemsAtOnce: 24,
    invocationsAtOnce: 2,
    memoryMib: 1_024,
    timeoutMinutes: 15,
    maxAnswerMib: 64,
  },
  polling: true,
  alarms: {
    which: 'few',
    ownKey: false,
    creditsPerHour: 10_000,
    oldestWorkHours: 6,
    oldestUploadMinutes: 30,
  },
  dashboard: false,
  tracing: false,
  keyStore: 'parameter',
  tags: {},
  existing: {},
};

const PROD: Omit<StageSettings, 'stage'> = {
  ...DEV,
  keepData: true,
  logRetentionDays: 90,
  quarantineDays: 30,
  oldVersionDays: 30,
  generate: { ...DEV.generate, itemsAtOnce: 50, invocationsAtOnce: 10 },
  alarms: { ...DEV.alarms, which: 'all', creditsPerHour: 100_000, oldestWorkHours: 24 },
};

/** Any other name is a stage like `dev` that keeps its data: what is paid for is thrown away only if that was asked for. */
const STAGES: ReadonlyMap<string, Omit<StageSettings, 'stage'>> = new Map([
  ['dev', DEV],
  ['prod', PROD],
]);

/** The settings of a stage, with those that the configuration file has for it. */
export function stageSettings(stage: string, file: ConfigurationFile = {}): StageSettings {
  const base = STAGES.get(stage) ?? { ...DEV, keepData: true };
  const entry = file.stages?.[stage] ?? {};
  const configuration = deployedPart(file, stage);
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
    polling: entry.polling ?? base.polling,
    alarms: alarmSettings(base.alarms, entry),
    dashboard: entry.dashboard ?? base.dashboard,
    tracing: entry.tracing ?? base.tracing,
    keyStore: entry.keyStore ?? base.keyStore,
    tags: entry.tags ?? base.tags,
    ...ofTheAccount(entry),
    ...webhookSecretOf(stage, entry, file),
    ...(Object.keys(configuration).length === 0 ? {} : { configuration }),
  };
}

function webhookSecretOf(
  stage: string,
  { webhook, webhookSecret }: StageEntry,
  { defaults }: ConfigurationFile,
): Pick<StageSettings, 'webhookSecret'> {
  if (webhook === undefined && defaults?.webhook === undefined) return {};
  return { webhookSecret: webhookSecret ?? `${PARAMETER_PREFIX}${webhookParameter(stage)}` };
}

/** What a stage uses that its stack does not make. */
function ofTheAccount(
  entry: StageEntry,
): Pick<StageSettings, 'existing' | 'encryptionKey' | 'permissionsBoundary'> {
  const { encryptionKey, permissionsBoundary, existingTable: table, existingBucket: bucket } = entry;
  return {
    existing: { ...(table !== undefined && { table }), ...(bucket !== undefined && { bucket }) },
    ...(encryptionKey !== undefined && { encryptionKey }),
    ...(permissionsBoundary !== undefined && { permissionsBoundary }),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The address that this deployment asks alarms to be mailed to; `none` ends such mails. */
export function alarmEmailOf(env: Environment = process.env): string | undefined {
  return env.PRESSRUN_ALARM_EMAIL || undefined;
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

function alarmSettings(base: AlarmSettings, entry: StageEntry): AlarmSettings {
  const email = entry.alarmEmail ?? base.email;
  return {
    which: entry.alarms ?? base.which,
    ownKey: entry.alarmKey ?? base.ownKey,
    creditsPerHour: entry.creditsPerHourAlarm ?? base.creditsPerHour,
    oldestWorkHours: entry.oldestWorkHoursAlarm ?? base.oldestWorkHours,
    oldestUploadMinutes: entry.oldestUploadMinutesAlarm ?? base.oldestUploadMinutes,
    ...(email === undefined ? {} : { email }),
  };
}
