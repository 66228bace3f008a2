import { fileURLToPath } from 'node:url';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, RecursiveLoop, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ConfigurationFile } from '../../shared/domain/configuration/configuration-file.ts';
import type { StageSettings } from '../settings.ts';
import { keyStoresOf } from './provider-key.ts';

type FunctionName = 'ingest' | 'generate' | 'schedule' | 'report' | 'sweep';

export interface BundledFunction {
  readonly fn: NodejsFunction;
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

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * All that pressrun's functions have in common. A role of its own for each, which at first may only write its log and traces. The
 * configuration is laid beside the code, so that both are deployed as one.
 */
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
  const fn = new NodejsFunction(scope, 'Function', {
    functionName,
    description: options.description,
    entry: `${ROOT}functions/${name}/lambda.ts`,
    handler: 'handler',
    projectRoot: ROOT,
    depsLockFilePath: `${ROOT}package-lock.json`,
    bundling: bundlingWith(settings),
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    memorySize: options.memoryMib,
    timeout: options.timeout,
    tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    recursiveLoop: options.feedsItself ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
    environment: {
      NODE_OPTIONS: '--enable-source-maps',
      PRESSRUN_STAGE: stage,
      ...(configuration === undefined ? {} : { PRESSRUN_CONFIG: CONFIGURATION_FILE }),
      ...options.environment,
    },
    logGroup,
    role,
    deadLetterQueue: options.deadEvents,
  });
  return { fn, role };
}

const CONFIGURATION_FILE = 'pressrun.config.json';

const BUNDLING: BundlingOptions = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  sourceMap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  // Its own SDK, not Lambda's: what is tested is what runs.
  bundleAwsSDK: true,
  externalModules: [],
  esbuildArgs: {
    '--alias:@aws-sdk/credential-provider-node': `${ROOT}shared/runtime/lambda/environment-credentials.ts`,
    '--alias:@smithy/core/event-streams': `${ROOT}shared/runtime/lambda/no-event-streams.ts`,
    '--alias:mnemonist/lru-cache': `${ROOT}shared/runtime/lambda/endpoint-map.ts`,
    '--legal-comments': 'none',
  },
};

function bundlingWith(settings: StageSettings): BundlingOptions {
  const { configuration } = settings;
  const node = (script: string, ...args: readonly string[]) =>
    [process.execPath, `${ROOT}infra/bundling/${script}.ts`, ...args].map((part) => `"${part}"`).join(' ');
  return {
    ...BUNDLING,
    esbuildArgs: { ...BUNDLING.esbuildArgs, ...withoutUnusedStores(settings) },
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_, outputDir) => [
        node('shake', outputDir),
        ...(configuration === undefined
          ? []
          : [node('write-file', `${outputDir}/${CONFIGURATION_FILE}`, asBase64(configuration))]),
      ],
    },
  };
}

function withoutUnusedStores(settings: StageSettings): BundlingOptions['esbuildArgs'] {
  const used = keyStoresOf(settings);
  const unused = (['secretsmanager', 'ssm'] as const).filter((store) => !used.has(store));
  const client = { secretsmanager: 'secrets-manager', ssm: 'ssm' } as const;
  return Object.fromEntries(
    unused.map((store) => [
      `--alias:@aws-sdk/client-${client[store]}`,
      `${ROOT}shared/runtime/lambda/no-key-store.ts`,
    ]),
  );
}

/** Nothing that a shell could read otherwise. */
function asBase64(configuration: ConfigurationFile): string {
  return Buffer.from(JSON.stringify(configuration)).toString('base64');
}
