import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../../shared/runtime/load-config.ts';
import type { DefineCommand, GlobalOptions } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { isEmbedded } from '../../stage-names.ts';
import { UsageError } from '../../usage-error.ts';

type Verb = 'deploy' | 'diff' | 'destroy';

/** The CDK is a program of its own, started only here. */
const RUN_CDK = import.meta.url.endsWith('.ts') ? '../../../infra/run-cdk.ts' : './run-cdk.js';

export const defineDeploy = defineCdk('deploy');
export const defineDiff = defineCdk('diff');
export const defineDestroy = defineCdk('destroy');

function defineCdk(verb: Verb): DefineCommand {
  return (command, act) => {
    addHelp(command, helpOf(verb)).action(
      act(async (_, options: readonly string[], flags: GlobalOptions) => await runCdk(verb, options, flags)),
    );
  };
}

async function runCdk(
  verb: Verb,
  more: readonly string[],
  { stage: asked, config: path }: GlobalOptions,
): Promise<ExitCode> {
  const { config, found } = loadConfig({ stage: asked, config: path });
  const { stage } = config;
  if (isEmbedded(stage)) {
    throw new UsageError(`the stage ${stage} is on this machine: name one of AWS, such as --stage dev`);
  }
  const file = found === undefined ? [] : ['--config', found.path];
  const args = [verb, '--stage', stage, ...file, '--', ...more];
  const script = fileURLToPath(new URL(RUN_CDK, import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0 ? EXIT.ok : EXIT.error));
  });
}

const WHAT: Readonly<Record<Verb, string>> = {
  deploy: 'Uses the account and region of your AWS settings.',
  diff: 'Changes nothing.',
  destroy: 'Lists what it keeps, then asks.',
};

function helpOf(verb: Verb) {
  return {
    examples: `  $ pressrun ${verb} --stage dev
  $ pressrun ${verb} --stage dev -- --profile me     options after -- go to the CDK`,
    notes: `${WHAT[verb]}

Needs the AWS CDK: npm install aws-cdk aws-cdk-lib constructs
Settings: \`stages.<name>\` in pressrun.config.json (docs/configuration.md).
Environment: AWS_PROFILE, AWS_REGION, PRESSRUN_ALARM_EMAIL (who gets alarms).`,
  };
}
