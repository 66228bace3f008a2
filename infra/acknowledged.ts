import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

interface Acknowledgement {
  /** Where it holds: the construct's path below `Pressrun`. */
  readonly at: string;
  /** Its id, or what the ids of several have in common. */
  readonly finding: string | RegExp;
  readonly reason: string;
}

/** Findings of cdk-nag that stay, each with its reason. At most ten (test/infra/nag.test.ts). */
export const ACKNOWLEDGED: readonly Acknowledgement[] = [
  {
    at: 'Storage/Bucket',
    finding: 'AwsSolutions-S1',
    reason:
      'Server access logs would be a second bucket of lines that nobody reads; who needs them turns on CloudTrail data events for this one.',
  },
  {
    at: 'ProviderKey',
    finding: 'AwsSolutions-SMG4',
    reason: 'The key is given out by the provider by hand: there is no interface to rotate it with.',
  },
  {
    at: 'Functions',
    finding: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources to limit its two write actions to.',
  },
  {
    at: 'Functions',
    finding: 'Serverless-LambdaTracing',
    reason:
      'Traces cost $5 a million, the sweep alone makes 43,200 a month: a setting, off unless asked for.',
  },
  {
    at: 'Functions',
    finding: 'Serverless-LambdaEventSourceMappingDestination',
    reason: 'Lambda takes no failure destination for SQS: the queues have dead-letter queues.',
  },
  {
    at: 'Policies',
    finding: /^AwsSolutions-IAM5\[Resource::.+\/([a-z]+|reports\/daily|pressrun-[^/]+)\/\*\]$/,
    reason:
      "Objects below named prefixes, and the schedules of the stage's group: test/infra/policies.test.ts holds each right against the calls of the commands.",
  },
  {
    at: 'Queues/Dead',
    finding: 'Serverless-SQSRedrivePolicy',
    reason: 'These are the dead-letter queues themselves; an alarm watches each.',
  },
];

/** Tells cdk-nag which findings were looked into and stay. */
export function acknowledgeFindings(pressrun: IConstruct): void {
  for (const { at, finding, reason } of ACKNOWLEDGED) {
    const construct = at
      .split('/')
      .reduce<IConstruct | undefined>((scope, id) => scope?.node.tryFindChild(id), pressrun);
    // A stage may have no secret of its own, and no bucket.
    if (construct === undefined) continue;
    for (const id of idsOf(construct, finding)) Validations.of(construct).acknowledge({ id, reason });
  }
}

function idsOf(construct: IConstruct, finding: string | RegExp): readonly string[] {
  if (typeof finding === 'string') return [finding];
  const { violations } = new AwsSolutionsChecks(construct.node.root).validateScope(construct);
  return [...new Set(violations.map(({ ruleName }) => ruleName))].filter((id) => finding.test(id));
}
