import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keyParameter, stageNames } from '../shared/names.ts';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { ALARM_EMAIL_PARAMETER } from './constructs/monitoring/alarm-topic.ts';
import { alarmEmailOf, stageSettings } from './settings.ts';

interface CdkCall {
  readonly stage: string;
  readonly config?: string | undefined;
  readonly args: readonly string[];
}

/** A source checkout has cdk-nag, and looks at what it deploys. */
const APP = import.meta.url.endsWith('.ts') ? './checked-app.ts' : './cdk-app.js';

/** `deploy --stage dev -- …` as the CDK's own command; passes on what follows `--`. Throws one line on a wrong stage. */
export function cdkCall(argv: readonly string[], email = alarmEmailOf()): CdkCall {
  const { positionals, values } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { stage: { type: 'string' }, config: { type: 'string' } },
  });
  const [verb = 'synth', ...others] = positionals;
  const { stage, config } = values;
  // A stage in use is not changed or removed because its name was left out.
  if (stage === undefined) throw new Error(`say which stage: pressrun ${verb} --stage dev`);
  stageNames(stage);
  // Without it, CloudFormation keeps the address of the deployment before.
  const parameters =
    verb === 'deploy' && email !== undefined ? ['--parameters', `${ALARM_EMAIL_PARAMETER}=${email}`] : [];
  const context = ['--context', `stage=${stage}`, ...(config ? ['--context', `config=${config}`] : [])];
  return { stage, config, args: [verb, ...context, ...parameters, ...others] };
}

/** What a destroyed stage leaves behind, in words. */
export function retainedResources(
  stage: string,
  file = findConfiguration(process.cwd())?.configuration.file,
): string {
  const { keepData, existing, keyStore } = stageSettings(stage, file);
  const keepsTable = keepData || existing.table !== undefined;
  const kept = [
    'the bucket with all files and images',
    ...(keepsTable ? ['the table with the ledger'] : []),
    ...(keyStore === 'parameter' ? [`the key in parameter ${keyParameter(stage)}`] : []),
  ];
  const first = keepData ? ' First disable termination protection.' : '';
  return `destroying stage ${stage} keeps ${kept.join(', ')}, and removes all else.${first} The output KeptWhenDestroyed of stack pressrun-${stage} names them.`;
}

async function main(argv: readonly string[]): Promise<number> {
  const { stage, config, args } = cdkCall(argv);
  const [verb] = args;
  if (verb === 'destroy') {
    const file = findConfiguration(process.cwd(), config)?.configuration.file;
    process.stderr.write(`${retainedResources(stage, file)}\n`);
  }
  // The space at the end keeps CDK's parser from taking the outer quotes away.
  const app = `"${process.execPath}" "${fileURLToPath(new URL(APP, import.meta.url))}" `;
  const child = spawn(process.execPath, [cdkPath(), ...args, '--app', app], { stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** The CDK is 200 MB that only a deployment needs: whoever deploys installs it. */
function cdkPath(): string {
  try {
    import.meta.resolve('aws-cdk-lib');
    return fileURLToPath(import.meta.resolve('aws-cdk/bin/cdk'));
  } catch (error) {
    throw new Error('the AWS CDK is not installed here: run npm install aws-cdk aws-cdk-lib constructs', {
      cause: error,
    });
  }
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`pressrun: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
