import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchResult } from '../../../shared/pipeline/finish/batch-status.ts';
import { replayBatch } from '../../../shared/pipeline/life/replay-batch.ts';
import { endPauses, readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { interpretKept } from '../../../shared/provider/answer/interpret-kept.ts';
import type { FetchLink } from '../../../shared/provider/http/image-link.ts';
import { type EffectCall, mortal } from '../../support/faults.ts';
import { chargesIn, disputes, outcomesIn, verify } from '../../support/ledger.ts';
import { sqsEvent } from '../../support/sqs-event.ts';
import { isOpen, itemsIn } from '../../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const REFUSED: FetchLink = async () => ({
  kind: 'refused',
  problem: 'not an allowed host',
  host: 'pictures.example.org',
});

test('a paid answer that could not be used is an image after a fix, and nothing is paid for it', async () => {
  const { world, batch } = await unusableAnswers();
  const { calls } = world.simulator.totals();
  expect(await outcomesIn(world.effects)).toEqual(Array(2).fill('link_refused'));

  const replayed = await replay(world, batch, linksOf(world));

  expect(replayed?.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
  const result = await batchResult(world.effects, batch);
  expect(result).toMatchObject({
    state: 'complete',
    items: { done: 2, failed: 0, pending: 0 },
    failures: [],
  });
  expect(result?.images).toHaveLength(2);
  expect(world.simulator.totals().calls).toBe(calls);
  const charges = await chargesIn(world.effects);
  expect(charges.map(({ outcome }) => outcome)).toEqual(['image', 'image']);
  expect(disputes(world, await itemsIn(world.effects, batch), charges)).toEqual([]);
  expect((await verify(world.effects)).differences).toEqual([]);
  const manifest = await readFile(join(world.folder, 'batches', batch, 'manifest.csv'), 'utf8');
  expect(manifest.match(/,done,/g)).toHaveLength(2);
});

test("a response that still can't be read has its reason, and stays in quarantine", async () => {
  const { world, batch } = await unusableAnswers();

  const first = await replay(world, batch, REFUSED);
  const again = await replay(world, batch, REFUSED);

  expect(first).toHaveLength(2);
  expect(first?.[0]).toMatchObject({
    outcome: 'still',
    variant: 1,
    message: expect.stringMatching(/^link_refused: .*not an allowed host/),
  });
  expect(again).toEqual(first);
  expect(await batchResult(world.effects, batch)).toMatchObject({ items: { failed: 0, pending: 2 } });
});

test('a replay that died after its put is ended by the next one', async () => {
  const { world, batch } = await unusableAnswers();
  const isImagePut = ({ name, key }: EffectCall) =>
    name === 'store.put' && key?.startsWith('images/') === true;
  const dying = mortal(world.effects, 'after', isImagePut);
  void replay({ ...world, effects: dying.effects }, batch, linksOf(world));
  await dying.died;

  await Promise.all([1, 2, 3].map(() => replay(world, batch, linksOf(world))));

  expect(await batchResult(world.effects, batch)).toMatchObject({
    state: 'complete',
    items: { done: 2, failed: 0, pending: 0 },
  });
  expect(await outcomesIn(world.effects)).toEqual(expect.arrayContaining(['image', 'image']));
  expect((await verify(world.effects)).differences).toEqual([]);
});

test('an item whose paid answer waits is done by it once the host is allowed, without another call', async () => {
  const { world, batch, work } = await unusableAnswers();
  const { calls } = world.simulator.totals();

  await work(rereading(world.effects, linksOf(world)));

  expect(world.simulator.totals().calls).toBe(calls);
  expect(await batchResult(world.effects, batch)).toMatchObject({ items: { done: 2, pending: 0 } });
  expect(await outcomesIn(world.effects)).toEqual(['image', 'image']);
  expect((await verify(world.effects)).differences).toEqual([]);
});

test('a host that is still not allowed pauses again, and nothing is called', async () => {
  const { world, work } = await unusableAnswers();
  const { calls } = world.simulator.totals();

  await work(world.effects);

  expect(world.simulator.totals().calls).toBe(calls);
  expect(await readPauses(world.effects, world.effects.models.keys())).toMatchObject([
    { code: 'link_refused', hint: 'allow pictures.example.org in PRESSRUN_LINK_HOSTS' },
  ]);
});

/** Two items whose answers gave their images by links to a host that is not allowed: each paused the model once. */
async function unusableAnswers() {
  const world = await freshWorld({
    linkBase: 'https://pictures.example.org',
    script: () => ({ kind: 'image', variant: 'V5-url' }),
  });
  const batch = await submit(world, csvOf(2));
  const work = async (effects: Effects) => {
    const handler = createHandler(effects, { itemsAtOnce: 1, callMs: 0 });
    for (let round = 0; round < 2; round += 1) {
      await endPauses(effects, effects.models.keys());
      world.clock.advance(10_000);
      const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock: world.clock });
      const open = (await itemsIn(effects, batch)).filter(isOpen);
      await handler(sqsEvent(open.map((item) => workMessageOf(item).body)), context);
    }
  };
  await work(world.effects);
  return { world, batch, work };
}

function replay({ effects }: World, batch: BatchId, fetchLink: FetchLink) {
  return replayBatch(rereading(effects, fetchLink), batch);
}

function rereading(effects: Effects, fetchLink: FetchLink): Effects {
  const by = { fetchLink, nowMs: effects.clock.now(), random: () => 0.5 };
  const reread: Effects['provider']['reread'] = async (answer, request) => ({
    ...(await interpretKept(answer, request, by)),
    latencyMs: 0,
  });
  return { ...effects, provider: { ...effects.provider, reread } };
}

/** The fix: the host is allowed. */
function linksOf({ simulator }: World): FetchLink {
  return async (url) => {
    const answer = await fetch(new URL(new URL(url).pathname, simulator.url));
    return { kind: 'fetched', bytes: Buffer.from(await answer.arrayBuffer()) };
  };
}
