import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../support/sqlite.ts';
import { COMMAND } from './workplace.ts';

describe('the command on a Node before 24', () => {
  test('that came with a newer one says how to use that', async () => {
    const bin = await installed();
    const node = join(bin, '../../node_modules/node/bin');
    await mkdir(node, { recursive: true });
    await writeFile(join(node, 'node.exe'), '');

    expect(await runOn('20.20.2', bin)).toEqual({
      code: 1,
      stderr:
        'pressrun: needs Node 24 and this is v20.20.2. Run it as `npx pressrun`, which uses the Node 24 that came with it.\n',
    });
  });

  test('that came alone says where to get one', async () => {
    const { code, stderr } = await runOn('22.1.0', await installed());

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^pressrun: needs Node 24 and this is v22\.1\.0\. Install .*`npm install .*`.*\n$/,
    );
  });
});

/** The command's first file alone, in a folder of its own. */
async function installed(): Promise<string> {
  const folder = join(await freshFolder(), 'cli');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
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
