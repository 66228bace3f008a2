import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bundlerBeside } from '../../infra/constructs/function-code.ts';

const ROOT = new URL('../../', import.meta.url);

test.each(['infra/constructs/function-code.ts', 'dist/pressrun.js'])(
  'a checkout bundles the functions from their sources when it is deployed, also by the command that npm ci built (%s)',
  (path) => {
    const bundler = bundlerBeside(new URL(path, ROOT).href);

    expect(bundler).toMatch(/infra[\\/]bundling[\\/]bundle\.ts$/);
  },
);

test('an installed package deploys the functions that it brings', async () => {
  const installed = await mkdtemp(join(tmpdir(), 'pressrun-installed-'));
  onTestFinished(() => rm(installed, { recursive: true }));

  expect(bundlerBeside(pathToFileURL(join(installed, 'dist/pressrun.js')).href)).toBeUndefined();
});
