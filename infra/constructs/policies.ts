import { CfnOutput, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { stageParameter } from '../../shared/names.ts';
import type { StageSettings } from '../settings.ts';
import { type Grants, statementsFor } from './grants.ts';
import { type KeyPlace, keyStatements, setKeyStatements } from './provider-key.ts';
import type { Queues } from './queues.ts';
import type { Scheduling } from './scheduling.ts';
import type { Storage } from './storage.ts';

interface Parts {
  readonly settings: StageSettings;
  readonly storage: Storage;
  readonly queues: Queues;
  readonly key: KeyPlace;
  readonly scheduling: Scheduling;
}

/** What people and machines that work with a stage are given. */
export type Policies = Readonly<Record<'submitter' | 'operator' | 'accountant' | 'worker', ManagedPolicy>>;

const READ_WRITE = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] as const;

/** Managed policies for those who work with a stage, as outputs: what each command calls, and no more. Operators submit too. */
export function createPolicies(parent: Construct, parts: Parts): Policies {
  const scope = new Construct(parent, 'Policies');
  const { queues, key, settings } = parts;
  const both = [queues.work, queues.ingest];
  const make = (name: string, what: string, grants: Grants, more: readonly PolicyStatement[] = []) =>
    createPolicy(scope, parts, {
      name,
      what,
      statements: [...statementsFor(scope, parts.storage, grants), ...more],
    });
  return {
    submitter: make('Submitter', 'plan, submit, run, status, download', {
      table: ['GetItem', 'Query'],
      reads: ['uploads/', 'images/', 'batches/', 'references/'],
      writes: ['uploads/', 'references/'],
      finds: both,
    }),
    operator: make(
      'Operator',
      'pause to replay, budgets, schedules, key, prune, repair, doctor',
      {
        table: READ_WRITE,
        reads: ['uploads/', 'images/', 'references/', 'batches/', 'quarantine/', 'schedules/'],
        writes: ['uploads/', 'batches/', 'schedules/'],
        deletes: ['uploads/', 'images/', 'references/', 'batches/', 'quarantine/', 'schedules/'],
        sends: [queues.work],
        finds: both,
        counts: [...both, ...Object.values(queues.dead)],
      },
      [
        ...keyStatements(scope, key, settings),
        ...setKeyStatements(scope, key),
        ...scheduleStatements(scope, parts),
      ],
    ),
    accountant: make('Accountant', 'cost, reconcile, budget list, status', {
      table: ['GetItem', 'Query'],
      finds: both,
    }),
    worker: make(
      'Worker',
      'worker, outside Lambda',
      {
        table: [...READ_WRITE, 'ConditionCheckItem'],
        reads: ['uploads/', 'images/', 'references/', 'batches/', 'reports/daily/'],
        writes: ['images/', 'batches/', 'references/', 'quarantine/', 'reports/daily/'],
        sends: both,
        receives: both,
        delays: both,
        finds: both,
        putsEvents: true,
      },
      keyStatements(scope, key, settings),
    ),
  };
}

interface PolicyOptions {
  readonly name: string;
  /** The commands that it is for. */
  readonly what: string;
  readonly statements: readonly PolicyStatement[];
}

function createPolicy(
  scope: Construct,
  { settings }: Parts,
  { name, what, statements }: PolicyOptions,
): ManagedPolicy {
  const record = Stack.of(scope).formatArn({
    service: 'ssm',
    resource: 'parameter',
    resourceName: stageParameter(settings.stage).slice(1),
  });
  const policy = new ManagedPolicy(scope, name, {
    description: `pressrun ${settings.stage}: ${what}`,
    statements: [new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [record] }), ...statements],
  });
  new CfnOutput(scope.node.scope ?? scope, `${name}Policy`, { value: policy.managedPolicyArn });
  return policy;
}

function scheduleStatements(scope: Construct, { scheduling: { group, role } }: Parts): PolicyStatement[] {
  const schedules = Stack.of(scope).formatArn({
    service: 'scheduler',
    resource: 'schedule',
    resourceName: `${group.scheduleGroupName}/*`,
  });
  return [
    new PolicyStatement({
      actions: ['scheduler:CreateSchedule', 'scheduler:UpdateSchedule', 'scheduler:DeleteSchedule'],
      resources: [schedules],
    }),
    new PolicyStatement({
      actions: ['iam:PassRole'],
      resources: [role.roleArn],
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    }),
  ];
}
