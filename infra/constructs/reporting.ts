import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { Queues } from './queues.ts';

/** Has the daily report written, a little after the half hour from which on a day counts as settled (daily-report.ts). */
export function createReporting(parent: Construct, { fn }: BundledFunction, { dead }: Queues): void {
  const scope = new Construct(parent, 'Reporting');
  new Rule(scope, 'Rule', {
    description: 'daily report',
    schedule: Schedule.cron({ hour: '0', minute: '35' }),
    targets: [
      new LambdaFunction(fn, {
        deadLetterQueue: dead.events,
        event: RuleTargetInput.fromObject({ daily: true }),
      }),
    ],
  });
}
