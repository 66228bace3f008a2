import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import { parseUploadMessage } from '../../../shared/pipeline/messages.ts';
import { readProgress } from '../../../shared/pipeline/rows/progress-row.ts';
import { failing, mortal, nthChange } from '../../support/faults.ts';
import { isOpen, itemsIn, workOff } from '../../support/work.ts';
import { workbook } from '../../support/workbook.ts';
import { csvOf, inMemory, PLENTY_MS, upload, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

/** More rows than a checkpoint apart, several chunks, repeated ids and names, and lines that are rejected. */
const FILE = `id,name,prompt,variants\n${Array.from({ length: 405 }, (_, index) => line(index + 1)).join('')}`;
const REJECTED = 8 + 5;
const ITEMS = 405 - REJECTED + 4;

function line(row: number): string {
  const id = row % 5 === 0 || row === 1 ? `id-${row}` : '';
  if (row % 50 === 0) return `${id},,,1\n`;
  if (row % 60 === 0) return `id-1,,a repeated id,1\n`;
  if (row % 70 === 0) return `${id},Fox,a repeated name,2\n`;
  return `${id},${row === 1 ? 'fox' : ''},prompt ${row},1\n`;
}

describe('ingest', () => {
  test('that dies before or after any single write, and is resumed, makes exactly the same items', async () => {
    const world = inMemory(await freshWorld());
    const wanted = await takenIn(world, await upload(world, FILE, {}, 'whole.csv'));

    let deaths = 0;
    // To die after one write is to die before the next.
    for (let nth = 1; nth < 100; nth++) {
      const { batch, key } = await upload(world, FILE, {}, `dies-${nth}.csv`);
      const ingest = mortal(world.effects, 'before', nthChange(nth));
      await Promise.race([ingestUpload(ingest.effects, { key }, () => PLENTY_MS), ingest.died]);
      if (!ingest.isDead()) break;
      deaths += 1;
      expect({ nth, ...(await takenIn(world, { batch, key })) }).toEqual({ nth, ...wanted });
    }

    expect(deaths).toBeGreaterThan(15);
    expect(wanted).toMatchObject({ state: 'running', items: ITEMS, rejected: REJECTED });
  }, 60_000);

  test('after a lost response and a repeated event creates exactly the same items', async () => {
    const world = await freshWorld();
    const wanted = await takenIn(world, await upload(world, csvOf(90), {}, 'whole.csv'));

    for (let nth = 1; nth <= 6; nth++) {
      const { batch, key } = await upload(world, csvOf(90), {}, `lost-${nth}.csv`);
      const lossy = failing(world.effects, 'after', nthChange(nth));
      await ingestUpload(lossy, { key }, () => PLENTY_MS).catch(() => undefined);
      expect(await takenIn(world, { batch, key })).toEqual(wanted);
    }
  });

  test('that is resumed leaves items alone that were made meanwhile', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(60));
    const ingest = mortal(world.effects, 'before', nthChange(4));
    void ingestUpload(ingest.effects, { key }, () => PLENTY_MS);
    await ingest.died;
    // What it had begun to write before comes to the table all the same.
    while ((await itemsIn(world.effects, batch)).length === 0) await new Promise(setImmediate);
    await workOff(world, batch);
    const made = await itemsIn(world.effects, batch);

    await ingestUpload(world.effects, { key }, () => PLENTY_MS);

    const items = await itemsIn(world.effects, batch);
    // Writes that a dead ingest had begun arrive in any order: those made need not be the first rows.
    const rows = new Set(made.map(({ row }) => row));
    const others = items.filter(({ row }) => !rows.has(row));
    expect(rows.size).toBeGreaterThan(0);
    expect(items.filter(({ row }) => rows.has(row))).toEqual(made);
    expect(others.map(({ state }) => state.kind)).toEqual(Array(60 - rows.size).fill('queued'));
  });

  test('hands over when its time runs out, and the next invocation reads on', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, FILE);

    const first = await ingestUpload(world.effects, { key }, () => 10_000);
    const handedOver = await receiveUploads(world);
    const second = await ingestUpload(world.effects, { key }, () => 10_000);

    expect([first.kind, second.kind]).toEqual(['handed-over', 'taken-in']);
    expect(handedOver).toEqual([{ key }]);
    expect(await readBatch(world.effects.table, batch)).toMatchObject({ items: ITEMS, rejected: REJECTED });
    expect(await itemsIn(world.effects, batch)).toHaveLength(ITEMS);
  });

  test('refuses an unreadable file in one line that says what to do', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, 'title,colour\nfox,red\n');

    const result = await ingestUpload(world.effects, { key }, () => PLENTY_MS);

    expect(result).toMatchObject({ kind: 'refused', problem: expect.stringMatching(/^[^\n]*prompt[^\n]*$/) });
    expect(await readBatch(world.effects.table, batch)).toMatchObject({
      state: 'refused',
      items: 0,
      rejected: 0,
    });
  });

  test('completes a file of which every line is rejected', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, 'prompt,variants\nfox,0\nheron,-1\n');

    await ingestUpload(world.effects, { key }, () => PLENTY_MS);

    expect(await readBatch(world.effects.table, batch)).toMatchObject({
      state: 'complete',
      items: 0,
      rejected: 2,
    });
  });

  test('passes over an upload that is gone', async () => {
    const world = await freshWorld();

    expect(await ingestUpload(world.effects, { key: 'uploads/gone.csv' }, () => PLENTY_MS)).toEqual({
      kind: 'gone',
    });
  });
});

/** Gives the event once more, as the queue does, and says what is there then. */
async function takenIn(world: World, { batch, key }: { batch: BatchId; key: string }) {
  await ingestUpload(world.effects, { key }, () => PLENTY_MS);
  const [row, items] = [await readBatch(world.effects.table, batch), await itemsIn(world.effects, batch)];
  const { creditsMicro } = await readProgress(world.effects.table, batch);
  return {
    state: row?.state,
    items: row?.items,
    rejected: row?.rejected,
    rejectedCsv: await readFile(join(world.folder, 'batches', batch, 'rejected.csv'), 'utf8'),
    creditsMicro,
    open: items.filter(isOpen).length,
    specs: items.map(({ row, variant, id, fileName, prompt }) => [row, variant, id, fileName, prompt].join()),
  };
}

async function receiveUploads({ effects }: World) {
  const messages = await effects.ingestQueue.receive(10, 0);
  return messages.flatMap(({ body }) => parseUploadMessage(body));
}

describe('a file that is not CSV', () => {
  const scenes = Array.from({ length: 900 }, (_, n) =>
    n % 100 === 99 ? '\u0007' : `A fox in the snow, take ${n}`,
  );
  const rows = scenes.map((prompt, n) => ({ prompt, id: `${n}` }));
  const jsonl = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const sheet = [['Prompt', 'ID'], ...rows.map(({ prompt, id }) => [prompt.replace('\u0007', ''), id])];

  test.each<[string, string | Buffer]>([
    ['lines.jsonl', jsonl],
    ['array.json', JSON.stringify(rows, null, 2)],
    ['list.txt', scenes.join('\r\n')],
    ['packed.jsonl.gz', gzipSync(jsonl)],
    ['wide.jsonl', Buffer.from(`\ufeff${jsonl}`, 'utf16le')],
    ['book.xlsx', workbook({ sheets: [{ name: 'A', rows: sheet }] })],
  ])(
    'such as %s is handed over, and resumed after a death, as if nothing had happened',
    async (name, file) => {
      const world = inMemory(await freshWorld());
      const wanted = await takenIn(world, await upload(world, file, {}, `whole-${name}`));
      const { batch, key } = await upload(world, file, {}, name);

      const handed = await ingestUpload(world.effects, { key }, () => 0);
      const ingest = mortal(world.effects, 'before', nthChange(20));
      await Promise.race([ingestUpload(ingest.effects, { key }, () => PLENTY_MS), ingest.died]);
      const taken = await takenIn(world, { batch, key });

      expect(handed.kind).toBe('handed-over');
      expect(ingest.isDead()).toBe(true);
      expect(taken).toEqual(wanted);
      expect(wanted).toMatchObject({ items: 891, rejected: 9 });
    },
  );
});
