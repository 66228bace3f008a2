import { type App, Stack, Tags } from 'aws-cdk-lib';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { stageNames } from '../shared/names.ts';
import { createAlarms } from './constructs/alarms.ts';
import type { CodeOf } from './constructs/bundled-function.ts';
import { createDashboard } from './constructs/dashboard.ts';
import { createFunctions } from './constructs/functions.ts';
import { createProviderKey } from './constructs/provider-key.ts';
import { createQueues } from './constructs/queues.ts';
import { createReporting } from './constructs/reporting.ts';
import { createScheduling } from './constructs/scheduling.ts';
import { writeStageRecord } from './constructs/stage-record.ts';
import { createStorage } from './constructs/storage.ts';
import { createSweeping } from './constructs/sweeping.ts';
import { announceUploads } from './constructs/uploads.ts';
import type { StageSettings } from './settings.ts';

/** A whole stage, in the order in which a row goes through it. */
export function createPressrunStack(app: App, settings: StageSettings, code: CodeOf): Stack {
  const { stage } = settings;
  const names = stageNames(stage);
  const stack = new Stack(app, `pressrun-${stage}`, {
    description: `pressrun, stage ${stage}: files of prompts become images, and every credit is accounted for`,
    terminationProtection: settings.keepData,
  });
  Tags.of(stack).add('pressrun:stage', stage);
  for (const [name, value] of Object.entries(settings.tags)) Tags.of(stack).add(name, value);
  if (settings.permissionsBoundary !== undefined) bound(stack, settings.permissionsBoundary);

  const storage = createStorage(stack, settings);
  const queues = createQueues(stack, names, settings);
  announceUploads(stack, storage.bucket, queues);
  const key = createProviderKey(stack, settings);
  const functions = createFunctions(stack, { settings, code, storage, queues, key });
  createSweeping(stack, functions.sweep, queues);
  createReporting(stack, functions.report, queues);
  const scheduling = createScheduling(stack, stage, functions.schedule, queues.dead.events);
  const alarms = createAlarms(stack, { settings, queues, functions });
  if (settings.dashboard) createDashboard(stack, { stage, queues, functions, alarms });
  writeStageRecord(stack, { names, storage, key, queues, functions, scheduling, settings });
  return stack;
}

function bound(stack: Stack, policyArn: string): void {
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', policyArn));
}
