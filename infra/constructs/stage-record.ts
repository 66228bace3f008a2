import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { PARAMETER_PREFIX, type StageNames, stageParameter } from '../../shared/names.ts';
import { version } from '../../shared/version.ts';
import type { StageSettings } from '../settings.ts';
import type { Functions } from './functions.ts';
import type { KeyPlace } from './provider-key.ts';
import type { Queues } from './queues.ts';
import type { Scheduling } from './scheduling.ts';
import type { Storage } from './storage.ts';

interface Parts {
  readonly names: StageNames;
  readonly storage: Storage;
  readonly key: KeyPlace;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly scheduling: Scheduling;
  readonly settings: StageSettings;
}

/** Writes down what the stage's things are called, for `pressrun --stage`, and what outlives the stack. */
export function writeStageRecord(parent: Construct, parts: Parts): void {
  const { names, storage, key, queues, functions, scheduling, settings } = parts;
  const { stage } = settings;
  const { bucketName } = storage.bucket;
  const { tableName } = storage.table;
  new StringParameter(parent, 'StageRecord', {
    parameterName: stageParameter(stage),
    description: `pressrun ${stage}: where the pressrun command finds this stage`,
    tier: tierFor(settings.configuration),
    stringValue: Stack.of(parent).toJsonString({
      ...names,
      bucket: bucketName,
      table: tableName,
      keySecret: key,
      reportFunction: functions.report.fn.functionName,
      scheduleGroup: scheduling.group.scheduleGroupName,
      scheduleRole: scheduling.role.roleArn,
      scheduleFunction: functions.schedule.fn.functionArn,
      scheduleDeadQueue: queues.dead.events.queueArn,
      version: version(),
      ...(settings.polling ? {} : { polling: false }),
      ...(settings.configuration === undefined ? {} : { configuration: settings.configuration }),
    }),
  });
  new CfnOutput(parent, 'KeptWhenDestroyed', { value: keptBy(parts).join(', ') });
}

/** What is not CloudFormation's to remove: what it is told to keep, what it took over, and what the command made. */
function keptBy({ storage, key, settings }: Parts): string[] {
  const { keepData, existing } = settings;
  return [
    `bucket ${storage.bucket.bucketName}`,
    ...(keepData || existing.table !== undefined ? [`table ${storage.table.tableName}`] : []),
    ...(settings.keyStore === 'parameter' ? [`parameter ${key.slice(PARAMETER_PREFIX.length)}`] : []),
  ];
}

/** Names and addresses take about 1,000 of the 4,096 bytes of a standard parameter, and of the 8,192 of an advanced one. */
const NAMES_BYTES = 1_500;

function tierFor(configuration: StageSettings['configuration']): ParameterTier {
  const bytes = NAMES_BYTES + Buffer.byteLength(JSON.stringify(configuration ?? {}));
  if (bytes <= 4_096) return ParameterTier.STANDARD;
  if (bytes <= 8_192) return ParameterTier.ADVANCED;
  throw new Error(
    `pressrun.config.json: a stage can carry ${8_192 - NAMES_BYTES} bytes of providers, models and prices; these are ${bytes - NAMES_BYTES}. Leave out what the stage does not use.`,
  );
}
