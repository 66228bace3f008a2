import { ArnFormat, CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, type PolicyStatementProps, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { StageSettings } from '../../settings.ts';

/** CloudFormation keeps its value where a deployment doesn't give one, so that the mails continue. */
export const ALARM_EMAIL_PARAMETER = 'AlarmEmail';
const NOBODY = 'none';

/** Where the alarms of a stage go. Its policy takes the place of SNS's default one, so it must let CloudWatch publish. */
export function createAlarmTopic(scope: Construct, settings: StageSettings, deadMails: IQueue): Topic {
  const key = settings.alarms.ownKey ? createKey(scope, settings) : undefined;
  const topic = new Topic(scope, 'Topic', { enforceSSL: true, ...(key && { masterKey: key }) });
  topic.addToResourcePolicy(
    forAlarms(scope, settings, { sid: 'Alarms', actions: ['sns:Publish'], resources: [topic.topicArn] }),
  );
  subscribe(scope, settings, topic, deadMails);
  return topic;
}

/** A key of its own, because CloudWatch may not use the one that AWS keeps for SNS. */
function createKey(scope: Construct, settings: StageSettings): Key {
  const key = new Key(scope, 'Key', {
    description: `pressrun ${settings.stage}: encrypts alarms on their way`,
    enableKeyRotation: true,
    pendingWindow: Duration.days(7),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  key.addToResourcePolicy(
    forAlarms(scope, settings, { actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: ['*'] }),
  );
  return key;
}

/** Allows CloudWatch something for the alarms of this stage alone. */
function forAlarms(scope: Construct, { stage }: StageSettings, allowed: PolicyStatementProps) {
  const stack = Stack.of(scope);
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: `pressrun-${stage}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return new PolicyStatement({
    ...allowed,
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': alarms },
    },
  });
}

function subscribe(scope: Construct, { alarms }: StageSettings, topic: Topic, deadMails: IQueue): void {
  const asked = new CfnParameter(scope.node.scope ?? scope, ALARM_EMAIL_PARAMETER, {
    default: '',
    description: `Gets the alarms by mail; ${NOBODY} ends such mails`,
  });
  const isAsked = new CfnCondition(scope, 'MailIsAsked', {
    expression: Fn.conditionNot(Fn.conditionEquals(asked.valueAsString, '')),
  });
  const isWanted = new CfnCondition(scope, 'MailIsWanted', {
    expression: Fn.conditionAnd(
      Fn.conditionNot(Fn.conditionEquals(asked.valueAsString, NOBODY)),
      ...(alarms.email === undefined ? [isAsked] : []),
    ),
  });
  const mail = new CfnSubscription(scope, 'Mail', {
    topicArn: topic.topicArn,
    protocol: 'email',
    endpoint:
      alarms.email === undefined
        ? asked.valueAsString
        : Fn.conditionIf(isAsked.logicalId, asked.valueAsString, alarms.email).toString(),
    redrivePolicy: { deadLetterTargetArn: deadMails.queueArn },
  });
  mail.cfnOptions.condition = isWanted;
  letTopicSend(topic, deadMails);
}

function letTopicSend(topic: Topic, queue: IQueue): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
    }),
  );
}
