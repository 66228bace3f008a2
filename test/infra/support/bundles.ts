import { spawn } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionName } from '../../../infra/bundling/bundle-functions.ts';
import { loadedFirst } from '../../../infra/bundling/loaded-first.ts';

export interface Bundle {
  /** What is imported. */
  readonly path: string;
  /** Of all its chunks. */
  readonly code: string;
  /** Loaded before the first message. */
  readonly firstBytes: number;
}

/** A bundle that `bundleFunctions` laid into a folder. */
export function bundleIn(folder: string, name: FunctionName): Bundle {
  const own = join(folder, name);
  const chunks = globSync('*.mjs', { cwd: own }).sort();
  const code = chunks.map((chunk) => readFileSync(join(own, chunk), 'utf8')).join('\n');
  const firstBytes = loadedFirst(own).reduce((sum, chunk) => sum + statSync(join(own, chunk)).size, 0);
  return { path: join(own, 'index.mjs'), code, firstBytes };
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
