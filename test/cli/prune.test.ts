import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { runResult } from './contract.ts';
import { envOf, prompts, testProvider, testWorkplace } from './provider.ts';

describe.concurrent('prune', () => {
  test('prints what it frees, deletes nothing unasked, and with --yes leaves cost and --out unchanged', async (context) => {
    const work = await testWorkplace(context);
    const env = envOf(await testProvider(context));
    await work.write('prompts.csv', prompts(3));
    const { batch } = runResult((await work.run(['run', 'prompts.csv', '--json'], env)).stdout);
    const cost = await work.run(['cost', '--json']);
    const files = await readdir(work.path(`out/${batch}`));

    const asked = await work.run(['prune']);
    const pruned = await work.run(['prune', batch, '--yes', '--json']);
    const nothing = await work.run(['prune', '--yes']);

    expect(asked).toMatchObject({ code: 3, stdout: 'Nothing was deleted.\n' });
    expect(asked.stderr).toMatch(
      /Pruning 1 batch deletes \d+ files and frees [\d.]+ MB in \S*local; charges stay\./,
    );
    expect(pruned.code).toBe(0);
    expect(JSON.parse(pruned.stdout)).toMatchObject({ pruned: [batch], imagesInUse: 0 });
    expect(nothing).toMatchObject({ code: 0, stdout: 'Nothing to prune.\n' });
    expect((await work.run(['cost', '--json'])).stdout).toBe(cost.stdout);
    expect(await readdir(work.path(`out/${batch}`))).toEqual(files);
  });

  test('takes only batches that finished so long ago', async (context) => {
    const work = await testWorkplace(context);
    const env = envOf(await testProvider(context));
    await work.write('prompts.csv', prompts(1));
    await work.run(['run', 'prompts.csv'], env);

    const young = await work.run(['prune', '--older-than', '1d', '--yes']);
    const wrong = await work.run(['prune', '--older-than', 'soon']);

    expect(young).toMatchObject({ code: 0, stdout: 'Nothing to prune.\n' });
    expect(wrong).toMatchObject({
      code: 1,
      stderr: 'pressrun: --older-than: expected an age such as 30d, 2w or 12h, got "soon"\n',
    });
  });

  test('refuses a batch that has not finished', async (context) => {
    const work = await testWorkplace(context);
    await work.write('prompts.csv', prompts(1));
    const submitted = await work.run(['submit', 'prompts.csv']);

    const pruned = await work.run(['prune', submitted.stdout.trim()]);

    expect(pruned).toMatchObject({ code: 1, stdout: '' });
  });
});
