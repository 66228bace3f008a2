import type { ConfigurationFile, LogDays } from '../shared/domain/configuration/configuration-file.ts';

/** What a stage may be told. Where nothing is said, what docs/configuration.md names holds. */
export interface PressrunProps {
  /** By this name `pressrun --stage NAME` finds it: 1 to 40 of a-z, 0-9 and inner hyphens. One stage of a name in a region. */
  readonly stage: string;
  /** Providers, by name, beside the built-in one. */
  readonly providers?: NonNullable<ConfigurationFile['providers']> | undefined;
  /** Models, by name, beside the built-in ones. */
  readonly models?: NonNullable<ConfigurationFile['models']> | undefined;
  /** Prices of models, beside the built-in ones. */
  readonly prices?: NonNullable<ConfigurationFile['prices']> | undefined;
  /** What holds for every stage of a file; the props below go before it. */
  readonly defaults?: NonNullable<ConfigurationFile['defaults']> | undefined;
  /** Table and bucket outlive the stack, and the table refuses to be deleted. */
  readonly keepData?: boolean | undefined;
  /** Days that logs are kept. */
  readonly logRetentionDays?: LogDays | undefined;
  /** Days that responses without a usable image are kept. */
  readonly quarantineDays?: number | undefined;
  /** Days that overwritten objects are kept. */
  readonly oldVersionDays?: number | undefined;
  /** As in `defaults`, for this stage. */
  readonly unknownOutcomes?: 'retry' | 'hold' | undefined;
  /** As in `defaults`, for this stage. */
  readonly referenceHosts?: string[] | undefined;
  /** As in `defaults`, for this stage. */
  readonly referencePrefixes?: string[] | undefined;
  /** Calls in progress at a time in one invocation. */
  readonly itemsAtOnce?: number | undefined;
  /** Invocations at a time. */
  readonly invocationsAtOnce?: number | undefined;
  /** Memory of the function that calls the provider. */
  readonly memoryMiB?: number | undefined;
  /** Time-out of that function. */
  readonly timeoutMinutes?: number | undefined;
  /** `false`: its functions leave the queues alone, because the stage rests or all its workers run elsewhere. */
  readonly polling?: boolean | undefined;
  /** As in `defaults`, for this stage. */
  readonly maxAnswerMiB?: number | undefined;
  /** Who gets the alarms by mail. */
  readonly alarmEmail?: string | undefined;
  /** Alarm when more credits than this are spent in an hour. */
  readonly creditsPerHourAlarm?: number | undefined;
  /** Alarm when an item has waited this long. */
  readonly oldestWorkHoursAlarm?: number | undefined;
  /** Alarm when an upload has waited this long. */
  readonly oldestUploadMinutesAlarm?: number | undefined;
  /** `few`: the five that say that a stage no longer works; `all`: the others too. */
  readonly alarms?: 'few' | 'all' | undefined;
  /** A KMS key of the stage encrypts alarms on their way. */
  readonly alarmKey?: boolean | undefined;
  /** A dashboard in CloudWatch. */
  readonly dashboard?: boolean | undefined;
  /** Traces of the functions in X-Ray. */
  readonly tracing?: boolean | undefined;
  /** Where the provider key is: `parameter` (Parameter Store) or `secret` (Secrets Manager). */
  readonly keyStore?: 'parameter' | 'secret' | undefined;
  /** ARN of your own KMS key for table and bucket. */
  readonly encryptionKey?: string | undefined;
  /** ARN of a policy that bounds every role of the stack. */
  readonly permissionsBoundary?: string | undefined;
  /** Tags of every resource. */
  readonly tags?: Record<string, string> | undefined;
  /** As in `defaults`, for this stage. */
  readonly webhook?: string | undefined;
  /** As in `defaults`, for this stage. */
  readonly allowPrivateWebhook?: boolean | undefined;
  /** Where the secret that signs these messages is: `ssm:` and a parameter, or a secret of Secrets Manager. */
  readonly webhookSecret?: string | undefined;
  /** Name of a table that an earlier stack kept, or that was restored. */
  readonly existingTable?: string | undefined;
  /** Name of a bucket that an earlier stack kept. */
  readonly existingBucket?: string | undefined;
}
