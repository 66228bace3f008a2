import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { noticeLines } from '../../../cli/text/summary.ts';
import { batchResult } from '../../../shared/pipeline/finish/batch-status.ts';
import { completeIfEnded } from '../../../shared/pipeline/finish/complete-batch.ts';
import type { DecodedImage } from '../../../shared/provider/types.ts';
import { picture } from '../../provider/fixtures/pictures.ts';
import { generate, itemsIn } from '../../support/work.ts';
import { csvOf, submit, useWorlds } from '../../support/world.ts';

const freshWorld = useWorlds();
const USAGE = { promptTokens: 9, completionTokens: 1300, totalTokens: 1309 };

const plain = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#5a5a5a' } })
  .png()
  .toBuffer();
const pictures = await Promise.all([1, 2, 3].map((seed) => picture('png', 64, 64, seed)));

/** A batch of a row for each file, each answered with its file. */
async function batchOf(files: readonly Buffer[]) {
  const world = await freshWorld();
  const waiting = [...files];
  const call = async () => {
    const bytes = waiting.shift() ?? plain;
    const image: DecodedImage = { bytes, type: 'image/png', width: 64, height: 64 };
    return { kind: 'images', images: [image], text: '', usage: USAGE, latencyMs: 1 } as const;
  };
  const effects = { ...world.effects, provider: { ...world.effects.provider, call } };
  const batch = await submit(world, csvOf(files.length));
  for (const item of await itemsIn(effects, batch)) await generate(effects, item);
  await completeIfEnded(effects, batch);
  const read = (name: string) => readFileSync(join(world.folder, 'batches', batch, name), 'utf8');
  return { effects, batch, read };
}

describe('notices in a summary', () => {
  test('a picture of one flat color, and at pictures that are the same, in summary and manifest', async () => {
    const [one = plain, other = plain] = pictures;
    const { effects, batch, read } = await batchOf([one, plain, other, one, one]);

    const rows = parse(read('manifest.csv'), { columns: true }) as Record<string, string>[];
    expect(rows.map(({ notice }) => notice)).toEqual([
      'it has the same bytes as the image of row 4',
      'it is one flat color',
      '',
      'it has the same bytes as the image of row 1',
      'it has the same bytes as the image of row 1',
    ]);
    const lines = read('manifest.jsonl').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).notice)).toEqual(
      rows.map(({ notice }) => notice || undefined),
    );
    expect(JSON.parse(read('summary.json'))).toMatchObject({ notices: 4 });
    const result = await batchResult(effects, batch);
    expect(result?.images[1]).toMatchObject({ row: 2, notice: 'it is one flat color' });
    expect(result === undefined ? [] : noticeLines(result)).toEqual([
      'look at these images:',
      '  3 (row 1, 4, 5): it has the same bytes as the image of another row',
      '  1 (row 2): it is one flat color',
    ]);
  });

  test('are absent if all is well', async () => {
    const { effects, batch, read } = await batchOf(pictures);

    expect(JSON.parse(read('summary.json'))).not.toHaveProperty('notices');
    expect(read('manifest.jsonl')).not.toContain('notice');
    const result = await batchResult(effects, batch);
    expect(result === undefined ? ['none'] : noticeLines(result)).toEqual([]);
  });
});
