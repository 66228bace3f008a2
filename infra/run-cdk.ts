import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stageNames } from '../shared/names.ts';
import { findConfiguration } from '../shared/runtime/find-configuration.ts';
import { settingsOf } from './settings.ts';

const DEFAULT_STAGE = 'dev';

interface CdkCall {
  readonly stage: string;
  readonly args: readonly string[];
}

/**
 * `npm run deploy -- --stage dev …`: the CDK's own command for one stage; whatever else is given goes on to it. Throws one
 * line on a stage that cannot be.
 */
export function cdkCall([verb = 'synth', ...rest]: readonly string[]): CdkCall {
  const at = rest.findIndex((arg) => arg === '--stage' || arg.startsWith('--stage='));
  const inline = rest[at]?.split('=')[1];
  const stage = at < 0 ? DEFAULT_STAGE : (inline ?? rest[at + 1] ?? '');
  const others = at < 0 ? rest : rest.toSpliced(at, inline === undefined ? 2 : 1);
  if (stage === '' || stage.startsWith('-')) throw new Error('--stage wants a name, such as --stage dev');
  stageNames(stage);
  // A stage in use is not removed because its name was left out.
  if (verb === 'destroy' && at < 0) throw new Error('say which stage: npm run destroy -- --stage dev');
  return { stage, args: [verb, '--context', `stage=${stage}`, ...others] };
}

/** What a destroyed stage leaves behind, in words. */
export function keptBy(stage: string): string {
  const { keepData } = settingsOf(stage, {}, findConfiguration(process.cwd())?.configuration.file);
  const kept = keepData
    ? 'the bucket with all files and images, and the table with the ledger, are kept; first disable termination protection'
    : 'the bucket with all files and images is kept; table, queues, logs and the key are removed';
  return `destroying stage ${stage}: ${kept}. The output KeptWhenDestroyed of stack pressrun-${stage} names them.`;
}

async function main(argv: readonly string[]): Promise<number> {
  const { stage, args } = cdkCall(argv);
  if (args[0] === 'destroy') process.stderr.write(`${keptBy(stage)}\n`);
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
