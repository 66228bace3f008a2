import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../support/sqlite.ts';
import { COMMAND } from './workplace.ts';

describe('a Node that is too old', () => {
  test('points to the Node 24 beside the command, if there is one', async () => {
    const bin = await installed();
    const node = join(bin, '../../node_modules/node/bin');
    await mkdir(node, { recursive: true });
    await writeFile(join(node, 'node.exe'), '');

    expect(await runOn('20.20.2', bin)).toEqual({
      code: 1,
      stderr:
        'pressrun: needs Node 22.18 or later and this is v20.20.2. Run it as `npx pressrun`, which uses the Node 24 beside it.\n',
    });
  });

  test('gets a command to paste that installs Node 24', async () => {
    const { code, stderr } = await runOn('22.17.1', await installed());

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pressrun: needs Node 22\.18 or later and this is v22\.17\.1\. Run `npm install node@24` here.*\n$/,
    );
  });
});

describe('an installed package', () => {
  test('runs on Node 22.18, without its warnings about what may change', async () => {
    const bin = await installed();
    await build(bin);
    const main = "process.emitWarning('SQLite', 'ExperimentalWarning'); process.emitWarning('Another')";
    await writeFile(join(bin, '../../dist/main.js'), `export const main = async () => { ${main}; };`);

    const { code, stderr } = await runOn('22.18.0', bin);

    expect(code).toBeUndefined();
    expect(stderr).toContain('Another');
    expect(stderr).not.toContain('SQLite');
  });
});

describe('the command in a checkout', () => {
  test('runs from its built files, and from its sources as soon as one has changed', async () => {
    const bin = await installed();
    await writeFile(join(bin, '../main.ts'), "export const main = async () => console.log('sources');");
    const unbuilt = await output(bin);
    await build(bin);
    const built = await output(bin);
    await writeFile(join(bin, '../main.ts'), "export const main = async () => console.log('changed');");
    const changed = await output(bin);

    expect([unbuilt, built, changed]).toEqual(['sources\n', 'built\n', 'changed\n']);
  });

  test('runs from its built files if it was installed without sources', async () => {
    const bin = await installed();
    await build(bin);

    expect(await output(bin)).toBe('built\n');
  });

  test('keeps compiled code where no other user can write', async () => {
    const bin = await installed();
    await build(bin);
    const home = await freshFolder();

    await output(bin, { HOME: home, USERPROFILE: home });

    const [folder] = globSync('{.cache,Library/Caches,AppData/Local}/pressrun', { cwd: home });
    expect(folder).toBeDefined();
    if (process.platform !== 'win32') expect((await stat(join(home, folder ?? ''))).mode & 0o077).toBe(0);
  });
});

/** Lays built files beside it, as made from its source if there is one. */
async function build(bin: string): Promise<void> {
  const dist = join(bin, '../../dist');
  await mkdir(dist);
  await writeFile(join(dist, 'main.js'), "export const main = async () => console.log('built');");
  const source = await stat(join(bin, '../main.ts')).catch(() => undefined);
  const sources = source && { 'cli/main.ts': [source.size, source.mtimeMs] };
  await writeFile(join(dist, 'sources.json'), JSON.stringify(sources ?? {}));
}

async function output(bin: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [bin], { env: { ...process.env, ...env } });
  return stdout;
}

/** The command's first file alone, in a folder of its own. */
async function installed(): Promise<string> {
  const folder = join(await freshFolder(), 'cli');
  await mkdir(folder);
  await writeFile(join(folder, '../package.json'), '{"type":"module"}');
  await copyFile(COMMAND, join(folder, 'bin.js'));
  return join(folder, 'bin.js');
}

/** Runs it with a Node that says it is another. */
function runOn(version: string, bin: string): Promise<{ code: unknown; stderr: string }> {
  const pretend = `Object.defineProperties(process, {
    version: { value: 'v${version}' }, versions: { value: { node: '${version}' } } })`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, bin];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, _, stderr) => resolve({ code: error?.code, stderr }));
  });
}
