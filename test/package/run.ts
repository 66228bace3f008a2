/**
 * `npm run test:package`: packs the package and installs it into an empty folder on Node 20, 22 and 24, as a user does. There the
 * quick start and the commands after it, programs against its types, the simulator and the construct must work. `-- --node 22` tries one Node alone.
 */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { laterCommands } from './commands.ts';
import { createShell, type Shell } from './shell.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = 'node_modules/pressrun/examples';
/** What the examples and a program with types need beside the package, in the versions that the project has. */
const COMPANIONS = ['aws-cdk-lib', 'constructs', 'openai', 'typescript', '@types/node'];
/** The first Node that runs the command; older ones run it with the `node` package. */
const OLDEST = 22;

const { values } = parseArgs({
  options: { node: { type: 'string', multiple: true, default: ['20', '22', '24'] } },
});
const folder = await mkdtemp(join(tmpdir(), 'pressrun-package-'));
let passed = 0;
let failed = 0;
try {
  const archive = await pack();
  for (const version of values.node) await tryOn(Number(version), archive);
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

async function pack(): Promise<string> {
  await createShell(ROOT)(['npm', 'pack', '--pack-destination', folder]);
  const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  assert(archive !== undefined);
  return join(folder, archive);
}

/** All that a user does first, in a folder where there is nothing, with this Node before all others. */
async function tryOn(major: number, archive: string): Promise<void> {
  const tools = await emptyFolder(`tools-${major}`);
  await createShell(tools)(['npm', 'install', `node@${major}`]);
  const place = await emptyFolder(`project-${major}`);
  const path = [join(tools, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  const shell = createShell(place, { PATH: path, HOME: place, npm_config_cache: join(folder, 'cache') });
  const { stdout: version } = await shell(['node', '--version']);
  const step = async (name: string, act: () => Promise<void>) => {
    const error = await act().then(() => undefined, String);
    if (error === undefined) passed += 1;
    else failed += 1;
    console.log(`${error === undefined ? 'ok' : 'FAILED'}  Node ${version.trim()}: ${name}`);
    if (error !== undefined) console.log(error);
  };

  await step('npm install in an empty folder brings no broken link', async () => {
    await shell(['npm', 'install', archive]);
    const { stdout } = await shell(['find', '-L', 'node_modules', '-maxdepth', '2', '-type', 'l']);
    assert.equal(stdout, '');
  });
  if (major < OLDEST) await step('the command names the one that brings Node 24', () => installNode24(shell));
  await step('quick start: 27 images and a bill', () => quickStart(shell, place));
  for (const [name, act] of Object.entries(laterCommands(shell, place, path))) await step(name, act);
  await step('every page that README links to is in the package', () => followLinks(place));
  await shell(['npm', 'install', ...(await companions())]);
  await cp(join(place, EXAMPLES, 'library'), join(place, 'src'), { recursive: true });
  await cp(join(place, EXAMPLES, 'cdk/app.ts'), join(place, 'src/app.ts'));
  for (const resolution of ['node16', 'bundler'] as const) {
    await step(`types under moduleResolution ${resolution}`, () => compile(shell, place, resolution));
  }
  await step('a program makes three images', async () => {
    const { stdout } = await shell(['npx', 'node', 'built/foxes.js']);
    assert.match(stdout, /complete: 3 images, 0 failed/);
  });
  await step("pressrun/simulator in a user's test", async () => {
    const { stdout } = await shell(['node', '--test', 'built/simulator.test.js']);
    assert.match(stdout, /pass 1\b/);
  });
  await step('pressrun/cdk synthesizes a stage', () => synthesize(shell, place));
}

/** Runs what the message of the command on an old Node tells to run. */
async function installNode24(shell: Shell): Promise<void> {
  const { code, stderr } = await shell(['npx', 'pressrun', '--version'], { mayFail: true });
  assert.equal(code, 1);
  const command = /Run `(npm install \S+)` here, then `npx pressrun`/.exec(stderr)?.[1];
  assert(command !== undefined, stderr);
  await shell(command.split(' '));
}

async function quickStart(shell: Shell, place: string): Promise<void> {
  const { stdout, stderr } = await shell([
    'npx',
    'pressrun',
    'run',
    `${EXAMPLES}/postcards.csv`,
    '--simulate',
  ]);
  assert.match(stdout, /^Complete: 27 images, 2,484\.8 credits /);
  assert.doesNotMatch(stderr, /Warning/);
  const [batch] = await readdir(join(place, 'out'));
  const images = await readdir(join(place, 'out', batch ?? ''));
  assert.equal(images.filter((name) => name.endsWith('.png')).length, 27);
  const cost = await shell(['npx', 'pressrun', 'cost', '--by', 'model', '--simulate']);
  assert.match(cost.stdout, /^total +27 +2,484\.8 /m);
}

async function followLinks(place: string): Promise<void> {
  const readme = await readFile(join(place, 'node_modules/pressrun/README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = '']) => link);
  assert(links.length > 10);
  const isThere = async (link: string) =>
    await readFile(join(place, 'node_modules/pressrun', link)).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
    );
  const looked = await Promise.all(links.map(async (link) => ((await isThere(link)) ? [] : [link])));
  assert.deepEqual(looked.flat(), []);
}

/** `name@version` of each companion, as the lock file has it. */
async function companions(): Promise<string[]> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  return COMPANIONS.map((name) => `${name}@${packages[`node_modules/${name}`].version}`);
}

async function compile(shell: Shell, place: string, resolution: 'node16' | 'bundler'): Promise<void> {
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    lib: ['es2022', 'esnext.disposable'],
    module: resolution === 'node16' ? 'node16' : 'esnext',
    moduleResolution: resolution,
    types: ['node'],
    outDir: 'built',
    rootDir: 'src',
  };
  await writeFile(join(place, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }));
  await shell(['npx', 'tsc']);
}

async function synthesize(shell: Shell, place: string): Promise<void> {
  await shell(['node', 'built/app.js'], { env: { CDK_OUTDIR: join(place, 'cdk.out') } });
  const template = JSON.parse(await readFile(join(place, 'cdk.out/Campaigns.template.json'), 'utf8'));
  const types = Object.values<{ Type: string }>(template.Resources).map(({ Type }) => Type);
  assert(types.filter((type) => type === 'AWS::Lambda::Function').length >= 5);
  assert(types.includes('AWS::DynamoDB::Table') || types.includes('AWS::DynamoDB::GlobalTable'));
  const files = await readdir(join(place, 'cdk.out'), { recursive: true });
  assert(files.filter((file) => file.endsWith('index.mjs')).length >= 5, files.join(' '));
}

async function emptyFolder(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  await writeFile(join(path, 'package.json'), '{ "private": true, "type": "module" }\n');
  return path;
}
