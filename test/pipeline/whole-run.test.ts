import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { describe, expect, inject, test } from 'vitest';
import { startWorkers } from '../../local/stage/workers.ts';
import { batchResult } from '../../shared/pipeline/finish/batch-status.ts';
import type { OpenBackend } from '../support/backends/backend.ts';
import { memoryQueueBackend, sqliteBackend } from '../support/backends/sqlite.ts';
import { useEmulators } from '../support/emulators.ts';
import { chargesIn, disputes, sumMicro, verify } from '../support/ledger.ts';
import { fastClock } from '../support/test-clock.ts';
import { itemsIn, untilOver } from '../support/work.ts';
import { upload, useWorlds, type World } from '../support/world.ts';

const { openBackend } = useEmulators();

/** What a pipeline may run on; `npm run test:conformance` has DynamoDB Local in dynoxide's place. */
const BACKENDS: ReadonlyArray<readonly [name: string, open: OpenBackend]> = [
  ['SQLite', sqliteBackend],
  ['SQLite and queues in memory', memoryQueueBackend],
  [inject('dynamoEndpoint') === undefined ? 'dynoxide and fauxqs' : 'DynamoDB Local and fauxqs', openBackend],
];

const FILE = `id,name,prompt,variants,aspect_ratio,tags,colour
a,Red Fox,a {{colour}} fox,2,16:9,season=autumn,red
b,,"a quiet lake, at dawn",1,,,blue
,,,1,,,no prompt
c,,a heron,none,,,grey
d,,a fjord,3,1:1,,=HYPERLINK("x")
`;

describe.each(BACKENDS)('a file of prompts over %s, from upload to manifest', (_, open) => {
  const freshWorld = useWorlds(open);

  test('becomes images, charges, manifest and rejected lines', async () => {
    const world = await freshWorld(
      { profile: { types: { 'image/png': 1, 'image/jpeg': 1 } } },
      fastClock(10),
    );

    const batch = await run(world, FILE);

    const result = await batchResult(world.effects, batch);
    expect(result).toMatchObject({
      state: 'complete',
      items: { done: 6, failed: 0, pending: 0 },
      rejected: 2,
    });
    expect(result?.images.map(({ row, variant }) => `${row}-${variant}`)).toEqual([
      '1-1',
      '1-2',
      '2-1',
      '5-1',
      '5-2',
      '5-3',
    ]);
    await expectObjectsAsRecorded(world, batch);
    await expectFiles(world, batch);
    await expectExactMoney(world, batch);
  });
});

async function run(world: World, text: string) {
  const workers = startWorkers(world.effects, { itemsAtOnce: 8, watchUploads: true, isAlone: true });
  try {
    const { batch } = await upload(world, text);
    await untilOver(world.effects, batch);
    return batch;
  } finally {
    await workers.stop();
  }
}

/** I2: what is recorded as done is in the store, byte for byte and pixel for pixel. */
async function expectObjectsAsRecorded(world: World, batch: Parameters<typeof itemsIn>[1]): Promise<void> {
  for (const { state } of await itemsIn(world.effects, batch)) {
    if (state.kind !== 'done') throw new Error(`not done: ${JSON.stringify(state)}`);
    const bytes = await readFile(join(world.folder, state.image.key));
    const { format, width, height } = await sharp(bytes).metadata();
    expect({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      type: `image/${format}`,
      width,
      height,
    }).toEqual({
      sha256: state.image.sha256,
      bytes: state.image.bytes,
      type: state.image.type,
      width: state.image.width,
      height: state.image.height,
    });
  }
}

async function expectFiles(world: World, batch: string): Promise<void> {
  const file = (name: string) => readFile(join(world.folder, 'batches', batch, name), 'utf8');
  const manifest = parse<Record<string, string>>(await file('manifest.csv'), { columns: true });
  const jsonl = (await file('manifest.jsonl')).trim().split('\n');
  const rejected = parse<Record<string, string>>(await file('rejected.csv'), { columns: true });

  expect(manifest.map(({ row, variant, id, state }) => [row, variant, id, state])).toEqual([
    ['1', '1', 'a', 'done'],
    ['1', '2', 'a', 'done'],
    ['2', '1', 'b', 'done'],
    ['5', '1', 'd', 'done'],
    ['5', '2', 'd', 'done'],
    ['5', '3', 'd', 'done'],
  ]);
  expect(manifest[0]).toMatchObject({ prompt: 'a red fox', tags: 'season=autumn', colour: 'red' });
  expect(manifest[0]?.file).toMatch(/^\.\.\/\.\.\/images\/.*\/Red-Fox-v1\.(png|jpg)$/);
  for (const line of manifest) await access(join(world.folder, 'batches', batch, line.file ?? ''));
  expect(manifest[5]?.colour, 'a cell that a spreadsheet would run').toBe(`'=HYPERLINK("x")`);
  expect(jsonl.map((line) => JSON.parse(line))).toMatchObject(
    manifest.map(({ sha256 }) => ({ image: { sha256 } })),
  );
  expect(rejected).toMatchObject([
    { line: '4', row: '3', column: 'prompt' },
    { line: '5', row: '4', column: 'variants' },
  ]);
  expect(JSON.parse(await file('summary.json'))).toMatchObject({ batch, state: 'complete', rejected: 2 });
}

async function expectExactMoney(world: World, batch: Parameters<typeof itemsIn>[1]): Promise<void> {
  const [items, charges] = [await itemsIn(world.effects, batch), await chargesIn(world.effects)];
  expect(sumMicro(charges)).toBe(world.simulator.totals().creditsMicro);
  expect(sumMicro(items)).toBe(sumMicro(charges));
  expect(disputes(world, items, charges)).toEqual([]);
  expect(await verify(world.effects)).toMatchObject({
    charges: 6,
    creditsMicro: sumMicro(charges),
    differences: [],
  });
}
