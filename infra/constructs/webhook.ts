import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../shared/names.ts';
import type { StageSettings } from '../settings.ts';
import { createFunction } from './bundled-function.ts';
import { placeStatements } from './provider-key.ts';
import type { Queues } from './queues.ts';

/** Hands each event of the stage to the webhook, beside the work: none of it waits for a receiver. */
export function createWebhookDelivery(parent: Construct, settings: StageSettings, { dead }: Queues): void {
  const { stage, webhookSecret: place } = settings;
  if (place === undefined) return;
  const scope = new Construct(parent, 'Webhook');
  const { fn, role } = createFunction(scope, {
    settings,
    name: 'webhook',
    description: 'signs events of the stage and posts them to the webhook',
    memoryMib: 256,
    timeout: Duration.seconds(30),
    environment: { PRESSRUN_WEBHOOK_PLACE: place },
    deadEvents: dead.events,
  });
  for (const statement of placeStatements(scope, [place])) role.addToPolicy(statement);
  new Rule(scope, 'Rule', {
    description: `events of stage ${stage}, to its webhook`,
    eventPattern: { source: [EVENT_SOURCE], detail: { stage: [stage] } },
    targets: [new LambdaFunction(fn, { deadLetterQueue: dead.events })],
  });
}
