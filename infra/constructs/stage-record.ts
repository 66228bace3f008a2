import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { type StageNames, stageParameter } from '../../shared/names.ts';
import type { StageSettings } from '../settings.ts';
import type { Functions } from './functions.ts';
import type { Scheduling } from './scheduling.ts';
import type { Storage } from './storage.ts';

interface Parts {
  readonly stage: string;
  readonly names: StageNames;
  readonly storage: Storage;
  readonly key: Secret;
  readonly functions: Functions;
  readonly scheduling: Scheduling;
  readonly settings: StageSettings;
}

/** Writes down what the stage's things are called, for `pressrun --stage`, and what outlives the stack. */
export function writeStageRecord(parent: Construct, parts: Parts): void {
  const { stage, names, storage, key, functions, scheduling, settings } = parts;
  const { bucketName } = storage.bucket;
  const { tableName } = storage.table;
  new StringParameter(parent, 'StageRecord', {
    parameterName: stageParameter(stage),
    description: `pressrun ${stage}: where the pressrun command finds this stage`,
    stringValue: Stack.of(parent).toJsonString({
      ...names,
      bucket: bucketName,
      table: tableName,
      keySecret: key.secretArn,
      reportFunction: functions.report.fn.functionName,
      scheduleGroup: scheduling.group.scheduleGroupName,
      scheduleRole: scheduling.role.roleArn,
      scheduleFunction: functions.schedule.fn.functionArn,
    }),
  });
  const kept = settings.keepData ? `bucket ${bucketName}, table ${tableName}` : `bucket ${bucketName}`;
  new CfnOutput(parent, 'KeptWhenDestroyed', { value: kept });
}
