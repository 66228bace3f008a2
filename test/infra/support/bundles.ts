import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { PressrunStack } from '../../../infra/pressrun-stack.ts';
import type { ConfigurationFile } from '../../../shared/domain/configuration/configuration-file.ts';

export const FUNCTION_NAMES = ['generate', 'ingest', 'report', 'schedule', 'sweep'] as const;
export type Name = (typeof FUNCTION_NAMES)[number];

export interface Bundle {
  readonly path: string;
  readonly code: string;
}

interface FunctionResource {
  readonly Properties?: { readonly FunctionName?: string; readonly Code?: { readonly S3Key?: string } };
}

/** Synthesizes a stage as a deployment would, and gives the bundles that it would upload, by function. */
export function synthesizeBundles(
  outdir: string,
  file: ConfigurationFile = {},
): Readonly<Record<Name, Bundle>> {
  const app = new App({ outdir });
  const stack = new PressrunStack(app, 'dev', file);
  const { Resources } = app.synth().getStackByName(stack.stackName).template;
  const resources: FunctionResource[] = Object.values(Resources);
  const bundle = (name: Name): Bundle => {
    const fn = resources.find(({ Properties }) => Properties?.FunctionName === `pressrun-dev-${name}`);
    const hash = fn?.Properties?.Code?.S3Key?.replace('.zip', '');
    if (hash === undefined) throw new Error(`${name} has no bundle`);
    const path = `${outdir}/asset.${hash}/index.mjs`;
    return { path, code: readFileSync(path, 'utf8') };
  };
  return {
    generate: bundle('generate'),
    ingest: bundle('ingest'),
    report: bundle('report'),
    schedule: bundle('schedule'),
    sweep: bundle('sweep'),
  };
}

export type Invoked =
  | { readonly kind: 'returned'; readonly result: unknown; readonly log: string }
  | { readonly kind: 'threw'; readonly message: string; readonly stack: string; readonly log: string };

/** What the handler returned; throws what it threw, with its log. */
export function resultOf(invoked: Invoked): unknown {
  if (invoked.kind === 'threw') throw new Error(`${invoked.message}\n${invoked.log}`);
  return invoked.result;
}

const RUNNER = fileURLToPath(new URL('./invoke.mjs', import.meta.url));

/** Runs a bundle once, in a process with nothing but this environment. */
export async function invoke(
  bundle: Bundle,
  payload: unknown,
  env: Readonly<Record<string, string>>,
): Promise<Invoked> {
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', RUNNER, bundle.path, JSON.stringify(payload)],
    {
      env: { ...env, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [log, errors, answer] = await Promise.all(
    [child.stdio[1], child.stdio[2], child.stdio[3]].map(textOf),
  );
  if (!answer) throw new Error(`the bundle gave no answer: ${errors}\n${log}`);
  return { ...JSON.parse(answer), log: `${log}${errors}` };
}

async function textOf(stream: unknown): Promise<string> {
  let text = '';
  for await (const chunk of stream as AsyncIterable<Buffer>) text += chunk.toString();
  return text;
}
