import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { BundledFunction } from './bundled-function.ts';
import type { Queues } from './queues.ts';

/** Calls sweep every minute. A call that is not delivered is not repeated: the next one does the same work. */
export function createSweeping(parent: Construct, { fn }: BundledFunction, { dead }: Queues): void {
  const scope = new Construct(parent, 'Sweeping');
  new Rule(scope, 'Rule', {
    description: 'sweep, every minute',
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaFunction(fn, {
        deadLetterQueue: dead.events,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
    ],
  });
}
