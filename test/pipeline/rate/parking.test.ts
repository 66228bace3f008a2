import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../functions/generate/handler.ts';
import { lambdaContext } from '../../../local/stage/lambda-context.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { sweep } from '../../../shared/pipeline/life/sweep.ts';
import { endBatchPause, pauseBatch } from '../../../shared/pipeline/money/batch-pauses.ts';
import { createParking } from '../../../shared/pipeline/rate/parking.ts';
import { endPauses, readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import { pauseToRow } from '../../../shared/pipeline/rows/provider-pause-row.ts';
import { memoryQueue } from '../../simulation/memory/memory-queue.ts';
import { chargesIn } from '../../support/ledger.ts';
import { sqsRecord } from '../../support/sqs-event.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { csvOf, inMemory, submit, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();

const SINCE = '2026-11-21T12:00:00.000Z';
const BY_PERSON = { by: 'person', message: 'paused', hint: 'resume it', since: SINCE } as const;
const FLASH = 'gemini-3.1-flash-image-preview';
const MINUTE_MS = 60_000;

describe('messages of a paused batch', () => {
  test('leave the queue, but for one that looks now and then, and come back within minutes of the pause’s end', async () => {
    const stage = await deployed();
    const batch = await submit(stage, csvOf(30));
    await pauseBatch(stage.effects, batch, BY_PERSON);

    await stage.workFor(2 * MINUTE_MS);
    expect(stage.queue.size()).toBe(1);
    const receivedBefore = stage.received();
    await stage.workFor(2 * 60 * MINUTE_MS);
    expect(stage.received() - receivedBefore, 'receives of two hours').toBeLessThan(25);

    await endBatchPause(stage.effects.table, batch, 'person');
    await stage.workFor(6 * MINUTE_MS);

    expect(await batchStatus(stage.effects, batch)).toMatchObject({ state: 'complete', items: { done: 30 } });
    expect(stage.queue.size()).toBe(0);
    expect(await chargesIn(stage.effects), 'each is made once').toHaveLength(30);
  });

  test('come back automatically when the pause has its own end', async () => {
    const stage = await deployed();
    const batch = await submit(stage, csvOf(12));
    const untilMs = stage.clock.now() + 60 * MINUTE_MS;
    await pause(stage, { untilMs });

    await stage.workFor(30 * MINUTE_MS);
    expect(stage.queue.size()).toBe(1);
    await stage.workFor(40 * MINUTE_MS);

    expect(await batchStatus(stage.effects, batch)).toMatchObject({ state: 'complete', items: { done: 12 } });
  });

  test('come back though they left while a worker had not yet heard of the pause’s end', async () => {
    const stage = await deployed();
    const batch = await submit(stage, csvOf(3));
    await pauseBatch(stage.effects, batch, BY_PERSON);
    await stage.workFor(2 * MINUTE_MS);
    await endBatchPause(stage.effects.table, batch, 'person');

    const late = createParking(stage.effects);
    expect([await late(batch, FLASH), await late(batch, FLASH)]).toEqual(['stays', 'leaves']);
    const swept = [await sweepOf(stage)];
    stage.clock.advance(MINUTE_MS);
    swept.push(await sweepOf(stage));

    expect(swept).toEqual([0, 3]);
  });

  test('come back even if a sweep died while sending them', async () => {
    const stage = await deployed();
    const batch = await submit(stage, csvOf(250));
    await pauseBatch(stage.effects, batch, BY_PERSON);
    await stage.workFor(2 * MINUTE_MS);
    await endBatchPause(stage.effects.table, batch, 'person');
    const sent: number[] = [];
    const { workQueue } = stage.effects;
    const dying = {
      ...workQueue,
      send: async (messages: Parameters<typeof workQueue.send>[0]) => {
        if (sent.length === 1) throw new Error('the sweep died');
        sent.push(messages.length);
      },
    };

    await expect(sweepOf({ ...stage, effects: { ...stage.effects, workQueue: dying } })).rejects.toThrow(
      'died',
    );

    expect(sent).toEqual([100]);
    expect(await sweepOf(stage), 'the row that it came to, and those after it').toBe(151);
  });
});

describe('messages that wait for a provider', () => {
  test('leave the queue when its key is refused, and come back with `resume`', async () => {
    const stage = await deployed();
    const batch = await submit(stage, csvOf(12));
    await pause(stage, {});

    await stage.workFor(60 * MINUTE_MS);
    expect(stage.queue.size()).toBe(1);
    await endPauses(stage.effects, stage.effects.models.keys());
    await stage.workFor(6 * MINUTE_MS);

    expect(await batchStatus(stage.effects, batch)).toMatchObject({ state: 'complete', items: { done: 12 } });
  });

  test('come back when another key works: its first image ends what the old one paused', async () => {
    const stage = await deployed('new-key');
    const batch = await submit(stage, csvOf(12));
    await pause(stage, { access: 'old-key' });
    stage.queue.remove(stage.queue.take(11).map(({ receipt }) => receipt));
    await createParking(stage.effects)(batch, FLASH);

    await stage.workFor(6 * MINUTE_MS);

    expect(await batchStatus(stage.effects, batch)).toMatchObject({ state: 'complete', items: { done: 12 } });
    expect(await readPauses(stage.effects, [FLASH])).toEqual([]);
  });

  test('stay for others if only a guest’s key is refused', async () => {
    const stage = await deployed('guest', true);
    await submit(stage, csvOf(4));
    await pause(stage, { access: 'guest', isGuests: true });

    await stage.workFor(MINUTE_MS);

    expect(stage.queue.size()).toBe(4);
  });
});

/** A worker of a deployed stage over a queue of its own, with the sweep of every minute. */
async function deployed(access?: string, isGuest = false) {
  const world = inMemory(await freshWorld());
  const { clock } = world;
  const queue = memoryQueue({ clock, random: () => 0, visibilityMs: 5_400_000, maxReceives: 10 });
  const provider = {
    ...world.effects.provider,
    ...(access !== undefined && { accessOf: async () => access }),
  };
  const effects = { ...world.effects, provider, workQueue: queue };
  const handler = createHandler(effects, { itemsAtOnce: 4, callMs: 0, parks: true, isGuest });
  let received = 0;

  async function workFor(ms: number): Promise<void> {
    for (const endMs = clock.now() + ms; clock.now() < endMs; clock.advance(MINUTE_MS)) {
      for (let taken = queue.take(10); taken.length > 0; taken = queue.take(10)) {
        received += taken.length;
        const Records = taken.map(({ id, body, receipt, receives }) => ({
          ...sqsRecord(body, receives),
          messageId: id,
          receiptHandle: receipt,
        }));
        const context = lambdaContext({ functionName: 'generate', timeoutMs: 900_000, clock });
        const { batchItemFailures } = await handler({ Records }, context);
        const stay = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        queue.remove(taken.filter(({ id }) => !stay.has(id)).map(({ receipt }) => receipt));
      }
      await sweepOf({ effects, clock });
    }
  }
  return { ...world, effects, queue, workFor, received: () => received };
}

async function sweepOf({ effects, clock }: Pick<World<TestClock>, 'effects' | 'clock'>): Promise<number> {
  const options = { leasesEndedByMs: clock.now(), resend: 'none', onlyStalled: true } as const;
  return (await sweep(effects, options)).messagesSent;
}

async function pause(
  { effects: { table } }: { readonly effects: World['effects']; readonly batch?: BatchId },
  more: { readonly untilMs?: number; readonly access?: string; readonly isGuests?: boolean },
): Promise<void> {
  const words = { model: '*', code: 'auth', message: 'refused', hint: 'mend it', since: SINCE } as const;
  await table.write([{ kind: 'put', row: pauseToRow({ ...words, ...more }) }]);
}
