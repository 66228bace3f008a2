import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { keyParameter, stageNames } from '../shared/names.ts';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { ALARM_EMAIL_PARAMETER } from './constructs/alarm-topic.ts';
import { alarmEmailOf, stageSettings } from './settings.ts';

const DEFAULT_STAGE = 'dev';

interface CdkCall {
  readonly stage: string;
  readonly args: readonly string[];
}

/**
 * `npm run deploy -- --stage dev …`: the CDK's own command for one stage; whatever else is given goes on to it. Throws one
 * line on a stage that cannot be.
 */
export function cdkCall([verb = 'synth', ...rest]: readonly string[], email = alarmEmailOf()): CdkCall {
  const at = rest.findIndex((arg) => arg === '--stage' || arg.startsWith('--stage='));
  const inline = rest[at]?.split('=')[1];
  const stage = at < 0 ? DEFAULT_STAGE : (inline ?? rest[at + 1] ?? '');
  const others = at < 0 ? rest : rest.toSpliced(at, inline === undefined ? 2 : 1);
  if (stage === '' || stage.startsWith('-')) throw new Error('--stage wants a name, such as --stage dev');
  stageNames(stage);
  // A stage in use is not removed because its name was left out.
  if (verb === 'destroy' && at < 0) throw new Error('say which stage: npm run destroy -- --stage dev');
  // Without it, CloudFormation keeps the address of the deployment before.
  const parameters =
    verb === 'deploy' && email !== undefined ? ['--parameters', `${ALARM_EMAIL_PARAMETER}=${email}`] : [];
  return { stage, args: [verb, '--context', `stage=${stage}`, ...parameters, ...others] };
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
  const { stage, args } = cdkCall(argv);
  if (args[0] === 'destroy') process.stderr.write(`${retainedResources(stage)}\n`);
  const cdk = fileURLToPath(new URL('../node_modules/aws-cdk/bin/cdk', import.meta.url));
  const child = spawn(process.execPath, [cdk, ...args], { stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

if (import.meta.main) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`pressrun: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
