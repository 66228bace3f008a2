import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

export interface Scheduling {
  readonly group: ScheduleGroup;
  /** Given to EventBridge Scheduler with each schedule: it may call the schedule function, and keep what it could not deliver. */
  readonly role: Role;
}

/** Where a stage's schedules are made, and in whose name they call. */
export function createScheduling(
  parent: Construct,
  stage: string,
  { fn }: BundledFunction,
  dead: IQueue,
): Scheduling {
  const scope = new Construct(parent, 'Scheduling');
  const groupName = `pressrun-${stage}`;
  const group = new ScheduleGroup(scope, 'Group', {
    scheduleGroupName: groupName,
    // Its name is fixed: a kept one would stand in the next deployment's way. The schedules themselves are in the table.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnEquals: { 'aws:SourceArn': group.scheduleGroupArn },
      },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [dead.queueArn] }));
  return { group, role };
}
