import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionName } from '../bundling/bundle-functions.ts';
import type { StageSettings } from '../settings.ts';
import { BUNDLED_CONFIGURATION, functionCode } from './function-code.ts';

export interface BundledFunction {
  readonly fn: LambdaFunction;
  readonly role: Role;
}

export interface FunctionOptions {
  readonly settings: StageSettings;
  readonly name: FunctionName;
  readonly description: string;
  readonly memoryMib: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  readonly deadEvents: IQueue;
  /** It sends messages to a queue that feeds it: Lambda would take that for a runaway loop, and drop the 17th. */
  readonly feedsItself?: boolean;
}

/** What all functions share. Each has its own role, which at first may only write its log and traces. */
export function createFunction(parent: Construct, options: FunctionOptions): BundledFunction {
  const { settings, name } = options;
  const { stage, configuration } = settings;
  const scope = new Construct(parent, `${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  const functionName = `pressrun-${stage}-${name}`;
  const logGroup = new LogGroup(scope, 'Log', {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: settings.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
  );
  const fn = new LambdaFunction(scope, 'Function', {
    functionName,
    description: options.description,
    code: functionCode(name, settings),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: options.memoryMib,
    timeout: options.timeout,
    tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    recursiveLoop: options.feedsItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      PRESSRUN_STAGE: stage,
      ...(configuration === undefined ? {} : { PRESSRUN_CONFIG: BUNDLED_CONFIGURATION }),
      ...options.environment,
    },
    logGroup,
    role,
    deadLetterQueue: options.deadEvents,
  });
  return { fn, role };
}
