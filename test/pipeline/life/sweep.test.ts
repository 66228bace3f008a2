import { describe, expect, test } from 'vitest';
import type { BatchId } from '../../../shared/domain/ids.ts';
import type { Item } from '../../../shared/domain/item/item.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { LEASE_MS } from '../../../shared/pipeline/image/claim.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { pauseBatch } from '../../../shared/pipeline/money/batch-pauses.ts';
import { ITEM_PREFIX } from '../../../shared/pipeline/rows/item-row.ts';
import { SHARDS } from '../../../shared/pipeline/rows/shards.ts';
import { type EffectCall, mortal, nthChange } from '../../support/faults.ts';
import { chargesIn, verify } from '../../support/ledger.ts';
import { generate, itemsIn, workOff } from '../../support/work.ts';
import { csvOf, inMemory, PLENTY_MS, submit, upload, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const isCall = ({ name }: EffectCall) => name === 'provider.call';
const isImagePut = ({ name, key }: EffectCall) => name === 'store.put' && key?.startsWith('images/') === true;

describe('the sweep', () => {
  test('resolves what crashes left behind: an image in the store is adopted, a lost call starts again', async () => {
    const { world, batch } = await leftBehind();

    const swept = await sweepNow(world);

    expect(swept).toEqual({ attemptsSettled: 2, messagesSent: 1, batchesCompleted: 0 });
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'done',
      'queued',
    ]);
    expect((await chargesIn(world.effects)).map(({ outcome }) => outcome).toSorted()).toEqual([
      'image',
      'unknown',
    ]);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('run twice changes nothing more', async () => {
    const { world, batch } = await leftBehind();
    await sweepNow(world);
    const before = await everything(world, batch);

    const again = await sweepNow(world);

    expect(again).toEqual({ attemptsSettled: 0, messagesSent: 0, batchesCompleted: 0 });
    expect(await everything(world, batch)).toEqual(before);
  });

  test('run several times at once does no more than once', async () => {
    const { world, batch } = await leftBehind();

    await Promise.all([sweepNow(world), sweepNow(world), sweepNow(world), sweepNow(world)]);

    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'done',
      'queued',
    ]);
    expect((await chargesIn(world.effects)).map(({ outcome }) => outcome).toSorted()).toEqual([
      'image',
      'unknown',
    ]);
    expect((await verify(world.effects)).differences).toEqual([]);
    await workOff(world, batch);
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test("doesn't count deaths of items that die together, however often", async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));

    for (let kill = 0; kill < 7; kill += 1) {
      for (const item of await itemsIn(world.effects, batch)) await die(world, item, isCall);
      await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });
    }
    await workOff(world, batch);

    const items = await itemsIn(world.effects, batch);
    expect(items.map(({ state, history }) => [state.kind, history.sharedCrashes])).toEqual(
      Array(3).fill(['done', 7]),
    );
    expect((await verify(world.effects)).differences).toEqual([]);
  });

  test('leaves attempts alone whose lease has not run out', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(1));
    await die(world, (await itemsIn(world.effects, batch))[0], isCall);

    world.clock.advance(LEASE_MS - 1);
    const swept = await sweepNow(world);

    expect(swept.attemptsSettled).toBe(0);
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual(['working']);
  });

  test('sends the messages of a lost queue again, and those alone', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(230));
    const other = await submit(world, csvOf(2));
    const queued = await world.countMessages('work');

    const swept = await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });

    expect(swept.messagesSent).toBe(230);
    expect(await world.countMessages('work')).toBe(queued + 230);
    expect(other).not.toBe(batch);
  });

  test('resumes ingest of a half-read file after the queue was lost', async () => {
    const world = await freshWorld();
    const { batch, key } = await upload(world, csvOf(60));
    const ingest = mortal(world.effects, 'before', nthChange(4));
    void ingestUpload(ingest.effects, { key }, () => PLENTY_MS);
    await ingest.died;

    await sweep(world.effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });

    expect(await world.countMessages('ingest')).toBe(1);
  });

  test("continues with other batches after one that it can't resolve, and reports that one", async () => {
    const { world, batch } = await leftBehind();
    const unreadable = await submit(world, `prompt,model\nfox,gemini-3-pro-image-preview\n`);
    await die(world, (await itemsIn(world.effects, unreadable))[0], isCall);
    world.clock.advance(LEASE_MS + 1);
    const models = new Map([...world.effects.models].filter(([model]) => !model.includes('pro')));

    const swept = sweep({ ...world.effects, models }, { leasesEndedByMs: world.clock.now(), resend: 'none' });

    await expect(swept).rejects.toThrow('no model named gemini-3-pro-image-preview');
    expect((await itemsIn(world.effects, batch)).map(({ state }) => state.kind)).toEqual([
      'queued',
      'done',
      'queued',
    ]);
  });
});

describe('the sweep of every minute', () => {
  test('reads the items of a batch only if none has finished since its last scan', async () => {
    const { world } = await leftBehind();

    const first = await minuteSweep(world);
    world.clock.advance(60_000);
    const second = await minuteSweep(world);

    expect(first.attemptsSettled).toBe(0);
    expect(second.attemptsSettled).toBe(2);
  });

  test('backs off on a stalled batch, up to 30 min between scans', async () => {
    const world = inMemory(await freshWorld());
    await submit(world, csvOf(3));
    let reads = 0;
    const table = {
      ...world.effects.table,
      query: (query: Parameters<Effects['table']['query']>[0]) => {
        if (query.skPrefix === ITEM_PREFIX) reads += 1;
        return world.effects.table.query(query);
      },
    };

    for (let minute = 0; minute < 6 * 60; minute++) {
      await minuteSweep({ ...world, effects: { ...world.effects, table } });
      world.clock.advance(60_000);
    }

    // 1, 2, 4, 8 and 16 minutes, then every half hour of six hours.
    expect(reads / SHARDS).toBeGreaterThan(12);
    expect(reads / SHARDS).toBeLessThan(20);
  }, 30_000);
});

describe('messages that a queue lost', () => {
  test('are sent again by the sweep of every minute when the batch is stuck, ever more rarely', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    const queued = await world.countMessages('work');
    const sentAt: number[] = [];

    for (let minute = 0; minute < 60; minute++) {
      if ((await minuteSweep(world)).messagesSent > 0) sentAt.push(minute);
      world.clock.advance(60_000);
    }

    expect(sentAt).toEqual([15, 31]);
    expect(await world.countMessages('work')).toBe(queued + 2 * 3);
    await workOff(world, batch);
    expect((await chargesIn(world.effects)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('image'));
  });

  test('are not missed if the batch is paused', async () => {
    const world = await freshWorld();
    const batch = await submit(world, csvOf(3));
    const words = { message: 'paused by hand', hint: 'resume', since: '2026-11-21T12:00:00.000Z' };
    await pauseBatch(world.effects, batch, { by: 'person', ...words });
    let sent = 0;

    for (let minute = 0; minute < 60; minute++) {
      sent += (await minuteSweep(world)).messagesSent;
      world.clock.advance(60_000);
    }

    expect(sent).toBe(0);
  });
});

function minuteSweep({ effects, clock }: Pick<World, 'effects'> & { readonly clock: { now(): number } }) {
  return sweep(effects, { leasesEndedByMs: clock.now(), resend: 'none', onlyStalled: true });
}

/** Three items: one whose worker died during its call, one whose worker died after its put, one that nobody took. */
async function leftBehind() {
  const world = await freshWorld();
  const batch = await submit(world, csvOf(3));
  const [first, second] = await itemsIn(world.effects, batch);
  await die(world, first, isCall);
  await die(world, second, isImagePut);
  world.clock.advance(LEASE_MS + 1);
  return { world, batch };
}

async function die(
  world: World,
  item: Item | undefined,
  after: (call: EffectCall) => boolean,
): Promise<void> {
  if (item === undefined) throw new Error('there is no such item');
  const worker = mortal(world.effects, 'after', after);
  void generate(worker.effects, item);
  await worker.died;
}

function sweepNow(world: World) {
  return sweep(world.effects, { leasesEndedByMs: world.clock.now(), resend: 'none' });
}

async function everything(world: World, batch: BatchId) {
  return {
    items: await itemsIn(world.effects, batch),
    charges: await chargesIn(world.effects),
    verification: await verify(world.effects),
    messages: await world.countMessages('work'),
  };
}
