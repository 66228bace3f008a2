import { access, copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { openWorkplace } from './workplace.ts';

describe('manifests and responses', () => {
  test("opens from the manifest's folder, has the responses' text, and works as a prompt file", async ({
    onTestFinished,
  }) => {
    const work = await openWorkplace();
    onTestFinished(() => work.close());
    await work.write(
      'cards.csv',
      'id,Prompt,AspectRatio,n,sku,tags\nsword,"a {{sku}} sword",16x9,2,X1,kind=card\n,"=1+1, literally",,,,\n',
    );
    const first = await work.run(['run', 'cards.csv', '--simulate', '--text-files', '--json']);
    const result = JSON.parse(first.stdout);
    const folder = work.path(join('out', result.batch));
    const lines: Record<string, string>[] = parse(await readFile(join(folder, 'manifest.csv')), {
      columns: true,
    });

    expect(lines).toHaveLength(3);
    for (const { file = '', text = '' } of lines) {
      await access(join(folder, file));
      expect(text).not.toBe('');
      expect(await readFile(join(folder, file.replace(/\.\w+$/, '.txt')), 'utf8')).toBe(`${text}\n`);
    }
    expect(lines.map(({ id, name }) => [id, name])).toEqual([
      ['sword', 'sword-v1'],
      ['sword', 'sword-v2'],
      ['', ''],
    ]);
    expect(result.images.map(({ text }: { text: string }) => text)).toEqual(lines.map(({ text }) => text));
    expect((await readdir(folder)).filter((name) => name.endsWith('.txt'))).toHaveLength(3);
    const download = [
      'download',
      result.batch,
      '--simulate',
      '--out',
      'copy',
      '--name',
      '{row}/{name}',
      '--text-files',
    ];
    await work.run(download);
    const copied: Record<string, string>[] = parse(await readFile(work.path('copy/manifest.csv')), {
      columns: true,
    });
    for (const { file = '', text = '' } of copied) {
      expect(file).toMatch(/^\d{4}\//);
      await access(work.path(join('copy', file)));
      expect(await readFile(work.path(join('copy', file.replace(/\.\w+$/, '.txt'))), 'utf8')).toBe(
        `${text}\n`,
      );
    }

    for (const name of ['manifest.csv', 'manifest.jsonl']) {
      await copyFile(join(folder, name), work.path(name));
      const again = await work.run(['run', name, '--simulate', '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({
        items: { done: 0, reused: 3, failed: 0 },
        rejected: 0,
      });
    }
  });
});

test("nested values and other tools' prompt syntax are reported and kept in the manifest", async ({
  onTestFinished,
}) => {
  const work = await openWorkplace();
  onTestFinished(() => work.close());
  const owl = { prompt: 'an {{meta.what}} --ar 16:9 --v 6', meta: { what: 'owl', from: ['x', 'y'] } };
  await work.write('owl.jsonl', `${JSON.stringify(owl)}\n`);

  const { stdout, stderr } = await work.run(['run', 'owl.jsonl', '--simulate', '--json']);
  const { batch } = JSON.parse(stdout);
  const manifest = work.path(join('out', batch, 'manifest.jsonl'));
  const line = JSON.parse(await readFile(manifest, 'utf8'));
  await copyFile(manifest, work.path('again.jsonl'));
  const again = JSON.parse((await work.run(['run', 'again.jsonl', '--simulate', '--json'])).stdout);

  expect(stderr).toMatch(
    /^flags +in prompts of 1 row \(first in line 1\): read --ar as aspect_ratio; left out, no model here has them: --v 6$/m,
  );
  expect(line).toMatchObject({
    prompt: 'an owl',
    settings: { aspectRatio: '16:9' },
    columns: { meta: JSON.stringify(owl.meta) },
  });
  expect(again).toMatchObject({ items: { done: 0, reused: 1 }, rejected: 0 });
});
