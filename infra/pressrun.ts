import { Tags, Token } from 'aws-cdk-lib';
import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket, IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { parseConfiguration } from '../shared/domain/configuration/configuration.ts';
import { stageNames } from '../shared/names.ts';
import { createFunctions } from './constructs/functions.ts';
import { createAlarms } from './constructs/monitoring/alarms.ts';
import { createDashboard } from './constructs/monitoring/dashboard.ts';
import { createPolicies, type Policies } from './constructs/policies.ts';
import { createProviderKey } from './constructs/provider-key.ts';
import { createQueues } from './constructs/queues.ts';
import { createReporting } from './constructs/reporting.ts';
import { createScheduling } from './constructs/scheduling.ts';
import { writeStageRecord } from './constructs/stage-record.ts';
import { createStorage } from './constructs/storage.ts';
import { createSweeping } from './constructs/sweeping.ts';
import { announceUploads } from './constructs/uploads.ts';
import { createWebhookDelivery } from './constructs/webhook.ts';
import type { PressrunProps } from './pressrun-props.ts';
import { stageSettings } from './settings.ts';

export type { PressrunProps } from './pressrun-props.ts';

/** A whole stage, in data-flow order: `new Pressrun(stack, 'Pressrun', { stage: 'studio' })`. Throws one line on a wrong prop. */
export class Pressrun extends Construct {
  /** Prompt files, images and reports. */
  readonly bucket: Bucket | IBucket;
  /** The ledger, and the state of all batches. */
  readonly table: Table | ITable;
  readonly ingestQueue: IQueue;
  readonly workQueue: IQueue;
  /** Answers cost questions to whoever may invoke it. */
  readonly reportFunction: IFunction;
  /** Alarms go there. */
  readonly alarmTopic: ITopic;
  /** Managed policies for people and machines that work with the stage. */
  readonly policies: Policies;
  /** Whether table and bucket outlive the stack. */
  readonly keepsData: boolean;

  constructor(scope: Construct, id: string, props: PressrunProps) {
    super(scope, id);
    const { stage } = props;
    const names = stageNames(stage);
    const settings = stageSettings(stage, configurationOf(props));
    Tags.of(this).add('pressrun:stage', stage);
    for (const [name, value] of Object.entries(settings.tags)) Tags.of(this).add(name, value);
    if (settings.permissionsBoundary !== undefined) this.#bound(settings.permissionsBoundary);

    const storage = createStorage(this, settings);
    const queues = createQueues(this, names, settings);
    announceUploads(this, storage.bucket, queues);
    const key = createProviderKey(this, settings);
    const functions = createFunctions(this, { settings, storage, queues, key });
    createSweeping(this, functions.sweep, queues);
    createReporting(this, functions.report, queues);
    createWebhookDelivery(this, settings, queues);
    const scheduling = createScheduling(this, stage, functions.schedule, queues.dead.events);
    const { topic, alarms } = createAlarms(this, { settings, queues, functions });
    this.policies = createPolicies(this, { settings, storage, queues, key, scheduling });
    if (settings.dashboard) createDashboard(this, { stage, queues, functions, alarms });
    writeStageRecord(this, { names, storage, key, queues, functions, scheduling, settings });

    this.bucket = storage.bucket;
    this.table = storage.table;
    this.ingestQueue = queues.ingest;
    this.workQueue = queues.work;
    this.reportFunction = functions.report.fn;
    this.alarmTopic = topic;
    this.keepsData = settings.keepData;
  }

  #bound(policyArn: string): void {
    PermissionsBoundary.of(this).apply(ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', policyArn));
  }
}

/** As `pressrun.config.json` would say it, and as strictly checked, but for what only CloudFormation will know. */
function configurationOf({ stage, providers, models, prices, defaults, ...entry }: PressrunProps) {
  const general = {
    ...(providers && { providers }),
    ...(models && { models }),
    ...(prices && { prices }),
    ...(defaults && { defaults }),
  };
  const known = Object.fromEntries(Object.entries(entry).filter(([, value]) => !Token.isUnresolved(value)));
  parseConfiguration({ ...general, stages: { [stage]: known } });
  return { ...general, stages: { [stage]: entry } };
}
