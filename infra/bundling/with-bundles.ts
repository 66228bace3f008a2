import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { CodeOf } from '../constructs/bundled-function.ts';
import type { StageSettings } from '../settings.ts';
import { bundleFunctions } from './bundle-functions.ts';

/** Creates what needs the functions' code. CDK's output has a copy of its own: the bundles are gone afterwards. */
export async function withBundles<Created>(
  { configuration }: StageSettings,
  create: (code: CodeOf) => Created,
): Promise<Created> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-bundles-'));
  try {
    await bundleFunctions(folder, configuration);
    return create((name) => Code.fromAsset(join(folder, name)));
  } finally {
    await rm(folder, { recursive: true });
  }
}
