import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyBundles } from '../infra/support/bundled.ts';
import { runResult } from './contract.ts';
import { openWorkplace } from './workplace.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** As npm would lay it out: what `files` names, below node_modules, where Node strips no types. */
let installed: string;
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pressrun-dist-'));
  installed = join(root, 'node_modules/pressrun');
  await mkdir(join(installed, 'cli'), { recursive: true });
  await run(process.execPath, [join(ROOT, 'build/run.ts'), join(installed, 'dist')]);
  const tsc = join(ROOT, 'node_modules/.bin/tsc');
  await run(tsc, ['-p', join(ROOT, 'tsconfig.types.json'), '--outDir', join(installed, 'types')]);
  await copyFile(join(ROOT, 'cli/bin.js'), join(installed, 'cli/bin.js'));
  await copyFile(join(ROOT, 'package.json'), join(installed, 'package.json'));
  await cp(join(ROOT, 'examples'), join(installed, 'examples'), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(installed, 'node_modules'));
  await copyBundles(join(installed, 'lambda'));
  for (const name of ['openai', '@types', 'aws-cdk-lib', 'constructs']) {
    await symlink(join(ROOT, 'node_modules', name), join(root, 'node_modules', name));
  }
  await cp(join(ROOT, 'examples/library'), root, { recursive: true });
  await cp(join(ROOT, 'examples/cdk'), root, { recursive: true });
  await writeFile(join(root, 'package.json'), '{ "type": "module" }');
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('the installed package', () => {
  test('runs the demo from built files alone, and prints its version', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
    const work = await openWorkplace({}, join(installed, 'cli/bin.js'));
    const postcards = join(installed, 'examples/postcards.csv');

    const told = await work.run(['--version']);
    const demo = await work.run(['run', postcards, '--simulate', '--json', '--sim-latency', '10']);
    await work.close();

    expect(told).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(demo.code).toBe(0);
    expect(runResult(demo.stdout).items).toMatchObject({ done: 27, failed: 0 });
  });

  test.each([
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ])('has types for programs with module %s, resolved as %s', async (module, moduleResolution) => {
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2024', '--types', 'node'];
    const resolution = ['--module', module, '--moduleResolution', moduleResolution];
    const files = (await readdir(root)).filter((name) => name.endsWith('.ts'));

    const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), [...options, ...resolution, ...files], {
      cwd: root,
    });

    expect(files).toEqual(['app.ts', 'foxes.ts', 'simulator.test.ts']);
    await expect(tsc).resolves.toMatchObject({ stdout: '' });
  });

  test('is a library, as its examples show', async () => {
    const { stdout } = await run(process.execPath, ['foxes.ts'], { cwd: root });

    expect(stdout).toMatch(/^3 to make, about \d+\.\d credits\n(made row \d: images\/foxes-.*\.png\n){3}/);
    expect(stdout).toMatch(/complete: 3 images, 0 failed, \d+\.\d credits\n/);
    expect(stdout).toMatch(/summer: \d+\.\d credits\nwinter: \d+\.\d credits\n$/);
    expect(await readdir(join(root, 'foxes/winter'))).toEqual(['arctic.png', 'red.png']);
  });

  test('has a simulator for the tests of others', async () => {
    const { stdout } = await run(process.execPath, ['--test', 'simulator.test.ts'], { cwd: root });

    expect(stdout).toMatch(/^. pass 1$/m);
    expect(stdout).toMatch(/^. fail 0$/m);
  });

  test('is a construct in a CDK app of one’s own, with its functions bundled', async () => {
    const out = join(root, 'own.out');

    await run(process.execPath, ['app.ts'], { cwd: root, env: { ...process.env, CDK_OUTDIR: out } });

    const { Resources } = JSON.parse(await readFile(join(out, 'Campaigns.template.json'), 'utf8'));
    expect(await bundlesIn(out, Resources)).toBe(5);
  });

  test('synthesizes what `pressrun deploy` deploys, with the configuration file of the folder', async () => {
    const file = { stages: { studio: { itemsAtOnce: 7 } } };
    await writeFile(join(root, 'pressrun.config.json'), JSON.stringify(file));
    const cdk = [join(installed, 'dist/run-cdk.js'), 'synth', '--stage', 'studio', '--', '--quiet'];

    await run(process.execPath, cdk, { cwd: root });

    const out = join(root, 'cdk.out');
    const { Resources } = JSON.parse(await readFile(join(out, 'pressrun-studio.template.json'), 'utf8'));
    expect(JSON.stringify(Resources)).toContain('"PRESSRUN_ITEMS_AT_ONCE":"7"');
    expect(await bundlesIn(out, Resources)).toBe(5);
  });

  test('names the licenses of all libraries in its files', async () => {
    const licenses = await readFile(join(installed, 'dist/LICENSES.txt'), 'utf8');

    for (const name of ['commander', 'zod', 'csv-parse', '@aws-sdk/client-dynamodb']) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  test('has everything that its package.json promises', async () => {
    const { bin, files, exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));

    expect(bin).toEqual({ pressrun: 'cli/bin.js' });
    expect(Object.keys(exports)).toEqual(expect.arrayContaining(['.', './cdk', './simulator']));
    expect(files).toEqual(expect.arrayContaining(['dist', 'lambda', 'cli/bin.js', 'examples']));
  });
});

interface FunctionResource {
  readonly Type: string;
  readonly Properties: { readonly Code?: { readonly S3Key: string } };
}

/** How many functions have a bundle of their own. */
async function bundlesIn(
  out: string,
  resources: Readonly<Record<string, FunctionResource>>,
): Promise<number> {
  const keys = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties.Code?.S3Key ?? '');
  const folders = new Set(keys.map((key) => join(out, `asset.${key.replace('.zip', '')}`)));
  for (const folder of folders) expect(await readdir(folder)).toContain('index.mjs');
  return folders.size;
}
