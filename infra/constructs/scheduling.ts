import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';

export interface Scheduling {
  readonly group: ScheduleGroup;
  /** Given to EventBridge Scheduler with each schedule: it may call the schedule function, and nothing else. */
  readonly role: Role;
}

/** Where a stage's schedules are made, and in whose name they call. */
export function createScheduling(parent: Construct, stage: string, { fn }: BundledFunction): Scheduling {
  const scope = new Construct(parent, 'Scheduling');
  const groupName = `pressrun-${stage}`;
  const group = new ScheduleGroup(scope, 'Group', { scheduleGroupName: groupName });
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
        ArnEquals: { 'aws:SourceArn': group.scheduleGroupArn },
      },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [fn.functionArn] }));
  return { group, role };
}
