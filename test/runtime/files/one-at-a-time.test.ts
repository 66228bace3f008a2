import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lineFile } from '../../../shared/runtime/files/line-file.ts';
import { together } from '../../../shared/runtime/files/one-at-a-time.ts';

test('one run serves all calls made before it starts, and no later one, whose writes it may have missed', async () => {
  const runs: PromiseWithResolvers<void>[] = [];
  const shared = together();
  const ask = () =>
    shared('folder', () => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    });

  const first = [ask(), ask()];
  await Promise.resolve();
  const later = [ask(), ask()];
  runs[0]?.resolve();
  await Promise.all(first);
  await Promise.resolve();

  expect(runs).toHaveLength(2);
  runs[1]?.resolve();
  await Promise.all(later);
  expect(runs).toHaveLength(2);
});

test('a run that fails fails for all whom it serves, and the next one runs', async () => {
  const shared = together();
  const failing = () => Promise.reject(new Error('full'));

  const outcomes = await Promise.allSettled([shared('folder', failing), shared('folder', failing)]);

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(shared('folder', async () => undefined)).resolves.toBeUndefined();
});

test('simultaneous lines are in the file, in order, when their promises resolve', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-lines-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'lines.jsonl');
  const add = lineFile(path);
  const linesNow = async () => (await readFile(path, 'utf8')).split('\n').slice(0, -1);

  const seen = await Promise.all(
    Array.from({ length: 50 }, async (_, nth) => {
      await add(String(nth));
      return (await linesNow()).includes(String(nth));
    }),
  );

  expect(seen).not.toContain(false);
  expect(await linesNow()).toEqual(Array.from({ length: 50 }, (_, nth) => String(nth)));
});
