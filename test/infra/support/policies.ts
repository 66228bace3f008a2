import { stageParameter } from '../../../shared/names.ts';
import type { RecordedCall } from './gateway.ts';
import { refersTo, type StackTemplate } from './stack.ts';

interface Grant {
  readonly action: string;
  /** The kind of resource and, for objects, the prefix: `bucket/images/*`, `queue Work`, `table`. */
  readonly resource: string;
}

/** What a function may do: by the policies of its role, and by the bucket's policy. */
export function grantsOf(template: StackTemplate, functionName: string): Grant[] {
  const [fn] = template
    .ofType('AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName === functionName);
  const [role] = template.ofType('AWS::IAM::Role').filter(({ id }) => refersTo(fn?.Properties.Role, id));
  if (role === undefined) throw new Error(`${functionName} has no role`);
  const own = template
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => refersTo(Properties.Roles, role.id))
    .flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument));
  const bucket = template
    .ofType('AWS::S3::BucketPolicy')
    .flatMap(({ Properties }) => statementsOf(Properties.PolicyDocument))
    .filter(({ Effect, Principal }) => Effect === 'Allow' && refersTo(Principal, role.id));
  return grantsIn([...own, ...bucket]);
}

/** What a managed policy allows, by the name of its output. */
export function grantsOfPolicy(template: StackTemplate, output: string): Grant[] {
  const value = template.outputs[output]?.Value;
  const [policy] = template.ofType('AWS::IAM::ManagedPolicy').filter(({ id }) => refersTo(value, id));
  if (policy === undefined) throw new Error(`no output ${output} names a policy`);
  return grantsIn(statementsOf(policy.Properties.PolicyDocument));
}

function grantsIn(statements: readonly Statement[]): Grant[] {
  return statements.flatMap(({ Action, Resource }) =>
    [Action]
      .flat()
      .flatMap((action) => [Resource].flat().map((each) => ({ action, resource: nameOf(each) }))),
  );
}

/** The rights that a call needs, as AWS asks for them. */
export function rightsFor({ operation, target, body }: RecordedCall): Grant[] {
  const [service = '', name = ''] = operation.split(':');
  switch (service) {
    case 'dynamodb':
      return (name === 'TransactWriteItems' ? partsOf(body) : [name]).map((action) => ({
        action: `dynamodb:${action}`,
        resource: 'table',
      }));
    case 'sqs':
      return [{ action: `sqs:${name.replace(/Batch$/, '')}`, resource: `queue ${target}` }];
    case 's3':
      return s3Rights(name, target);
    case 'events':
      return [{ action: 'events:PutEvents', resource: 'bus' }];
    case 'secretsmanager':
      return [{ action: operation, resource: 'secret' }];
    case 'ssm':
      return [{ action: operation, resource: target === stageParameter('dev') ? 'record' : 'secret' }];
    case 'scheduler':
      return [
        { action: operation, resource: `schedule/pressrun-dev/${target}` },
        ...(name === 'DeleteSchedule' ? [] : [{ action: 'iam:PassRole', resource: 'schedule role' }]),
      ];
    default:
      throw new Error(`no right is known for ${operation}`);
  }
}

export function allows(grants: readonly Grant[], { action, resource }: Grant): boolean {
  return grants.some(
    (grant) => grant.action === action && (grant.resource === resource || covers(grant.resource, resource)),
  );
}

function covers(pattern: string, resource: string): boolean {
  return pattern.endsWith('*') && resource.startsWith(pattern.slice(0, -1));
}

function s3Rights(name: string, key: string): Grant[] {
  const object = `bucket/${key}`;
  switch (name) {
    case 'HeadObject':
    case 'GetObject':
      // An object that is not there is only told from one that may not be read by who may list.
      return [
        { action: 's3:GetObject', resource: object },
        { action: 's3:ListBucket', resource: 'bucket' },
      ];
    case 'ListObjectsV2':
      return [{ action: 's3:ListBucket', resource: 'bucket' }];
    case 'AbortMultipartUpload':
    case 'DeleteObject':
      return [{ action: `s3:${name}`, resource: object }];
    case 'PutObject':
    case 'CreateMultipartUpload':
    case 'UploadPart':
    case 'CompleteMultipartUpload':
      return [{ action: 's3:PutObject', resource: object }];
    default:
      throw new Error(`no right is known for s3:${name}`);
  }
}

function partsOf(body: string): string[] {
  const { TransactItems }: { TransactItems: Record<string, unknown>[] } = JSON.parse(body);
  const actions = {
    Put: 'PutItem',
    Update: 'UpdateItem',
    Delete: 'DeleteItem',
    ConditionCheck: 'ConditionCheckItem',
  };
  return TransactItems.flatMap((item) =>
    Object.entries(actions).flatMap(([part, action]) => (item[part] === undefined ? [] : [action])),
  );
}

/** Reads CloudFormation's way of saying an ARN. */
function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const path = /"(\/[^"]*)"/.exec(text)?.[1] ?? '';
  if (text.includes('StorageBucket')) return `bucket${path}`;
  if (text.includes('StorageTable')) return 'table';
  if (text.includes('event-bus')) return 'bus';
  if (text.includes('ProviderKey') || text.includes(':parameter/pressrun/dev/key')) return 'secret';
  if (text.includes(':parameter/pressrun/dev"')) return 'record';
  if (text.includes(':schedule/')) return `schedule/${/:schedule\/([^"]*)"/.exec(text)?.[1] ?? ''}`;
  if (text.includes('SchedulingRole')) return 'schedule role';
  if (text.includes('kept-bucket')) return `bucket${path}`;
  const queue = /"Queues(Dead)?(Ingest|Work|Events)/.exec(text);
  if (queue) return `queue pressrun-dev-${queue[2]?.toLowerCase()}${queue[1] ? '-dead' : ''}`;
  return text;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
}

function statementsOf(document: unknown): Statement[] {
  const { Statement: statements } = document as { Statement: Statement[] };
  return statements;
}
