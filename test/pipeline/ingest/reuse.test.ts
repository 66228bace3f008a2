import { describe, expect, test } from 'vitest';
import { batchResult, batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { failing, nthChange } from '../../support/faults.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { csvOf, inMemory, PLENTY_MS, submit, upload, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();
const FOXES = csvOf(6);

describe('a file that was made before', () => {
  test('and has changed generates and pays only new rows; the rest is reused at once', async () => {
    const world = await freshWorld();
    const first = await submit(world, FOXES);
    await workOff(world, first);
    const changed = FOXES.replace('number 3', 'number 33').replace('number 5\n', 'number 5\na heron\n');

    const second = await submit(world, changed);
    const before = await batchResult(world.effects, second);
    await workOff(world, second);

    const after = await batchResult(world.effects, second);
    expect(before?.items).toMatchObject({ reused: 5, pending: 2 });
    expect(after).toMatchObject({ state: 'complete', items: { done: 2, reused: 5, pending: 0 } });
    expect(world.simulator.bill()).toHaveLength(8);
    const own = (await chargesIn(world.effects)).filter(({ batch }) => batch === second);
    expect(own).toHaveLength(2);
    expect(after?.images.filter(({ creditsMicro }) => creditsMicro === 0)).toHaveLength(5);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('with rows in another order, other ids and names, costs nothing and completes at ingest', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, 'prompt,name\na fox,one\na heron,two\n'));
    const bill = world.simulator.bill().length;

    const second = await submit(world, 'id,prompt,name\nx,a heron,drei\ny,a fox,vier\n');

    const result = await batchResult(world.effects, second);
    expect(result).toMatchObject({ state: 'complete', creditsMicro: 0, items: { reused: 2, done: 0 } });
    expect(result?.images.map(({ file }) => file)).toEqual([
      expect.stringMatching(/two\.png$/),
      expect.stringMatching(/one\.png$/),
    ]);
    expect(await world.countMessages('work')).toBe(2);
    expect(world.simulator.bill()).toHaveLength(bill);
  });

  test('keeps equal rows and variants apart: as many images as are asked for, none of them twice', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, 'prompt,variants\na fox,2\na heron,1\na fox,1\n'));

    const second = await submit(world, 'prompt\na fox\na fox\na fox\na fox\n');

    const images = (await itemsIn(world.effects, second)).map(({ state }) =>
      state.kind === 'reused' ? state.image.key : state.kind,
    );
    expect(new Set(images.slice(0, 3)).size).toBe(3);
    expect(images[3]).toBe('queued');
  });

  test('distinguishes equal rows also if it is read in several passes', async () => {
    const world = inMemory(await freshWorld());
    const { batch, key } = await upload(world, `prompt\n${'a fox\n'.repeat(850)}`);

    const results = [];
    for (let go = 0; go < 3; go += 1)
      results.push((await ingestUpload(world.effects, { key }, () => 0)).kind);

    expect(results).toEqual(['handed-over', 'handed-over', 'taken-in']);
    const contents = (await itemsIn(world.effects, batch)).map(({ content }) => content);
    expect(new Set(contents).size).toBe(850);
  });

  test('is generated again on request; later runs reuse the newest images', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, FOXES));
    const fresh = await submit(world, FOXES, { fresh: true });
    await workOff(world, fresh);

    const third = await submit(world, FOXES, { name: 'the third' });

    expect(world.simulator.bill()).toHaveLength(12);
    const states = (await itemsIn(world.effects, third)).map(({ state }) => state);
    expect(states).toEqual(
      Array.from({ length: 6 }, (_, index) =>
        expect.objectContaining({ kind: 'reused', madeFor: { batch: fresh, row: index + 1, variant: 1 } }),
      ),
    );
  });

  test('has those images made again that were deleted or damaged in the store', async () => {
    const world = await freshWorld();
    const first = await submit(world, FOXES);
    await workOff(world, first);
    const [gone, cut] = (await batchResult(world.effects, first))?.images ?? [];
    if (gone === undefined || cut === undefined) throw new Error('no images');
    await world.effects.store.delete(gone.file);
    await world.effects.store.put(cut.file, Buffer.from('not what it was'), { contentType: 'image/png' });

    const second = await submit(world, FOXES, { name: 'again' });

    expect((await itemsIn(world.effects, second)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'queued',
      ...Array(4).fill('reused'),
    ]);
  });
});

describe('a reused item', () => {
  test('is counted once, however often its file is read and wherever the reading fails', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, FOXES));

    for (const when of ['before', 'after'] as const) {
      for (let nth = 1; nth <= 6; nth += 1) {
        const { batch, key } = await upload(world, `${FOXES}a heron, ${when} ${nth}\n`);
        const dying = failing(world.effects, when, nthChange(nth));
        await ingestUpload(dying, { key }, () => PLENTY_MS).catch(() => undefined);
        await ingestUpload(world.effects, { key }, () => PLENTY_MS);
        await ingestUpload(world.effects, { key }, () => PLENTY_MS);
        await workOff(world, batch);

        const status = await batchStatus(world.effects, batch);
        expect(status, `${when} ${nth}`).toMatchObject({ state: 'complete', items: { reused: 6, done: 1 } });
      }
    }
  });

  test('is left alone by late messages and by the sweep', async () => {
    const world = await freshWorld();
    await workOff(world, await submit(world, FOXES));
    const second = await submit(world, `${FOXES}a heron\n`);
    const before = await itemsIn(world.effects, second);

    await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: 'all' });

    expect(await itemsIn(world.effects, second)).toEqual(before);
  });

  test('is in the manifest with its object, and the row it was generated for', async () => {
    const world = await freshWorld();
    const first = await submit(world, 'prompt\na fox\n');
    await workOff(world, first);
    const second = await submit(world, 'prompt,city\na fox,Rome\n');

    const manifest = await textOf(world, `batches/${second}/manifest.csv`);
    const line = JSON.parse(await textOf(world, `batches/${second}/manifest.jsonl`));

    expect(manifest).toContain(`images/${first}/0001-a-fox.png`);
    expect(manifest).toContain(`${first}#1/1`);
    expect(line).toMatchObject({ state: 'reused', madeFor: { batch: first, row: 1, variant: 1 } });
  });
});

async function textOf({ effects }: Pick<World, 'effects'>, key: string): Promise<string> {
  const object = await effects.store.get(key);
  if (object === undefined) throw new Error(`no ${key}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
