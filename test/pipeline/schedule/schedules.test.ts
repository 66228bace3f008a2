import { describe, expect, test } from 'vitest';
import { createHandler } from '../../../functions/schedule/handler.ts';
import { runDueSchedules } from '../../../local/stage/ticker.ts';
import { batchIdOf, UPLOADS_PREFIX } from '../../../shared/domain/item/object-keys.ts';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { ingestUpload } from '../../../shared/pipeline/ingest/ingest.ts';
import type { DueRun } from '../../../shared/pipeline/schedule/due-runs.ts';
import { scheduleHistory } from '../../../shared/pipeline/schedule/schedule-history.ts';
import { runTick } from '../../../shared/pipeline/schedule/schedule-tick.ts';
import {
  addSchedule,
  newestRuns,
  pauseSchedule,
  readSchedule,
  removeSchedule,
} from '../../../shared/pipeline/schedule/schedules.ts';
import { collect } from '../../support/collect.ts';
import { failing } from '../../support/faults.ts';
import { NOBODY, putSource, SOURCE, weekly, withSchedule } from '../../support/schedules.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { itemsIn, workOff } from '../../support/work.ts';
import { PLENTY_MS, useWorlds, type World } from '../../support/world.ts';

const freshWorld = useWorlds();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first Monday at eight after noon of 2026-11-21. */
const MONDAY = '2026-11-23T07:00:00.000Z';

async function lookAt(world: World<TestClock>, time: string): Promise<DueRun[]> {
  world.clock.advance(Date.parse(time) - world.clock.now());
  const runs: DueRun[] = [];
  await runDueSchedules(world.effects, (run) => runs.push(run));
  return runs;
}

async function historyOf(world: World, name = 'weekly') {
  return await collect(newestRuns(world.effects.table, name));
}

async function uploadsIn(world: World): Promise<string[]> {
  return (await collect(world.effects.store.list(UPLOADS_PREFIX))).map(({ key }) => key);
}

describe('a weekly schedule', () => {
  test('over a year with two changes of the clocks is 52 batches at eight local time, though every tick comes three times', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    const handler = createHandler(world.effects);
    const startMs = world.clock.now();

    for (let day = 0; day < 364; day++) {
      const midnightMs = startMs + day * DAY_MS - 12 * HOUR_MS;
      if (new Date(midnightMs).getUTCDay() !== 1) continue;
      for (const hour of [-12, 5, 6, 7]) {
        const [run] = await lookAt(world, new Date(midnightMs + hour * HOUR_MS + 5_000).toISOString());
        if (run === undefined) continue;
        const tick = { schedule: 'weekly', plannedAt: run.plannedAt };
        await Promise.all([handler(tick), handler(tick)]);
      }
    }

    const runs = (await historyOf(world)).reverse();
    const told = runs.map(({ plannedAt }) => new Date(plannedAt).toLocaleString('en-GB', IN_BERLIN));
    expect(runs).toHaveLength(52);
    expect(new Set(told)).toEqual(new Set(['Monday 08:00']));
    expect(new Set(runs.map(({ plannedAt }) => plannedAt.slice(11, 16)))).toEqual(
      new Set(['06:00', '07:00']),
    );
    expect(runs.map((run) => run.state === 'submitted' && run.run)).toEqual(
      runs.map((_, index) => index + 1),
    );
    expect(await uploadsIn(world)).toHaveLength(52);
  }, 40_000);

  test('gives its rows date, week, month and the number of its run, and every item its tag', async () => {
    const world = await freshWorld();
    const metadata = {
      'pressrun-template': encodeURIComponent('{{motif}} in {{month}}, no. {{run}}'),
      'pressrun-tags': 'w={{week}}',
    };
    await withSchedule(world, { metadata }, 'motif,name\na fox,fox-{{date}}\n');

    const [run] = await lookAt(world, MONDAY);

    if (run?.result.kind !== 'submitted') throw new Error('nothing was submitted');
    await ingestUpload(world.effects, { key: run.result.key }, () => PLENTY_MS);
    const [item] = await itemsIn(world.effects, run.result.batch);
    expect(item).toMatchObject({
      prompt: 'a fox in 2026-11, no. 1',
      fileName: 'fox-2026-11-23',
      tags: { w: '2026-W48', schedule: 'weekly' },
      columns: { motif: 'a fox' },
    });
  });

  test('gives each run its budget', async () => {
    const world = await freshWorld();
    await withSchedule(world, { metadata: { 'pressrun-budget': '500' } });

    const [run] = await lookAt(world, MONDAY);

    if (run?.result.kind !== 'submitted') throw new Error('nothing was submitted');
    await ingestUpload(world.effects, { key: run.result.key }, () => PLENTY_MS);
    const batch = await readBatch(world.effects.table, run.result.batch);
    expect(batch?.options.budgetMicro).toBe(500_000_000);
  });

  test('has a history with the cost of each run', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    const [run] = await lookAt(world, MONDAY);
    if (run?.result.kind !== 'submitted') throw new Error('nothing was submitted');
    await ingestUpload(world.effects, { key: run.result.key }, () => PLENTY_MS);

    await workOff(world, run.result.batch);

    const [first] = await collect(scheduleHistory(world.effects.table, 'weekly', 20));
    expect(first).toMatchObject({ plannedAt: MONDAY, run: 1, batchState: 'complete' });
    expect(first?.creditsMicro).toBe(world.simulator.totals().creditsMicro);
  });

  test('that is run by hand makes one batch more, also while it is paused', async () => {
    const world = await freshWorld();
    await withSchedule(world, { paused: true });
    const tick = { schedule: 'weekly', plannedAt: '2026-11-21T12:00:00.123Z' };

    const planned = await runTick(world.effects, tick);
    const byHand = await runTick(world.effects, tick, 'by-hand');

    expect(planned).toEqual({ kind: 'ignored' });
    expect(byHand).toMatchObject({ kind: 'submitted', run: 1, isNew: true });
  });

  test('numbers two different ticks that come at once differently', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    const ticks = ['07', '08', '09'].map((hour) => ({
      schedule: 'weekly',
      plannedAt: `2026-11-23T${hour}:00:00Z`,
    }));

    const results = await Promise.all(ticks.map((tick) => runTick(world.effects, tick)));

    expect(results.map((result) => result.kind === 'submitted' && result.run).sort()).toEqual([1, 2, 3]);
  });
});

describe('a run that overlaps the batch before', () => {
  test('is skipped until that has finished, with overlap skip', async () => {
    const world = await freshWorld();
    await withSchedule(world, { overlap: 'skip' });
    const [first] = await lookAt(world, MONDAY);
    if (first?.result.kind !== 'submitted') throw new Error('nothing was submitted');
    const { batch, key } = first.result;

    const [unread] = await lookAt(world, '2026-11-30T07:00:00Z');
    await ingestUpload(world.effects, { key }, () => PLENTY_MS);
    const [open] = await lookAt(world, '2026-12-07T07:00:00Z');
    await workOff(world, batch);
    const [free] = await lookAt(world, '2026-12-14T07:00:00Z');

    const skipped = { kind: 'skipped', reason: `${batch} is not over yet` };
    expect([unread?.result, open?.result]).toEqual([skipped, skipped]);
    expect(free?.result).toMatchObject({ kind: 'submitted', run: 2 });
  });

  test('is a batch beside it, with overlap queue', async () => {
    const world = await freshWorld();
    await withSchedule(world, { overlap: 'queue' });

    await lookAt(world, MONDAY);
    const [second] = await lookAt(world, '2026-11-30T07:00:00Z');

    expect(second?.result).toMatchObject({ kind: 'submitted', run: 2 });
  });
});

describe('runs missed without dev', () => {
  test('are skipped with catch-up skip, and the history says so; the next one runs as scheduled', async () => {
    const world = await freshWorld();
    await withSchedule(world, { catchUp: 'skip' });

    const missed = await lookAt(world, '2026-12-10T00:00:00Z');
    const again = await lookAt(world, '2026-12-10T00:00:01Z');
    const [next] = await lookAt(world, '2026-12-14T07:00:30Z');

    expect(missed).toMatchObject([{ plannedAt: '2026-12-07T07:00:00.000Z', result: { kind: 'skipped' } }]);
    expect(again).toEqual([]);
    expect(next?.result).toMatchObject({ kind: 'submitted', run: 1 });
    expect(await uploadsIn(world)).toHaveLength(1);
  });

  test('are backfilled by the latest one with catch-up latest, for its own day', async () => {
    const world = await freshWorld();
    await withSchedule(world, { catchUp: 'latest' });

    const runs = await lookAt(world, '2026-12-10T00:00:00Z');

    expect(runs).toMatchObject([
      { plannedAt: '2026-12-07T07:00:00.000Z', result: { kind: 'submitted', run: 1 } },
    ]);
    expect(await uploadsIn(world)).toEqual([expect.stringContaining('weekly-20261207T0700')]);
  });

  test('include one that a crash interrupted: it is finished, as the same batch', async () => {
    const world = await freshWorld();
    await withSchedule(world, { catchUp: 'skip' });
    const dying = { ...world, effects: failing(world.effects, 'after', ({ name }) => name === 'store.put') };
    await lookAt(dying, MONDAY);

    const [run] = await lookAt(world, '2026-11-24T07:00:00Z');

    expect(run?.result).toMatchObject({ kind: 'submitted', run: 1, isNew: false });
    expect(await uploadsIn(world)).toHaveLength(1);
  });

  test('of a pause are not backfilled', async () => {
    const world = await freshWorld();
    const schedule = await withSchedule(world, { catchUp: 'latest' });
    await pauseSchedule(world.effects, NOBODY, schedule, true);
    await lookAt(world, '2026-12-10T00:00:00Z');
    const paused = await readSchedule(world.effects.table, 'weekly');
    if (paused === undefined) throw new Error('it is gone');

    await pauseSchedule(world.effects, NOBODY, paused, false);

    expect(await lookAt(world, '2026-12-10T00:01:00Z')).toEqual([]);
    expect(await historyOf(world)).toEqual([]);
  });
});

describe('a source that is gone at the time of a run', () => {
  test('fails the run loudly, by event, log and history; the schedule stays, and the next run comes', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    await world.effects.store.delete(SOURCE);

    const [failed] = await lookAt(world, MONDAY);
    await expect(createHandler(world.effects)({ schedule: 'weekly', plannedAt: MONDAY })).rejects.toThrow(
      `schedule weekly: there is no object ${SOURCE}`,
    );
    await putSource(world, 'prompt\na heron\n');
    const [next] = await lookAt(world, '2026-11-30T07:00:00Z');

    const reason = `there is no object ${SOURCE}`;
    expect(failed?.result).toEqual({ kind: 'failed', reason });
    expect(world.events).toEqual([
      { kind: 'schedule-failed', schedule: 'weekly', plannedAt: MONDAY, reason },
    ]);
    expect(world.logLines.join('')).toContain(reason);
    expect(next?.result).toMatchObject({ kind: 'submitted', run: 2 });
    expect(await historyOf(world)).toMatchObject([
      { state: 'submitted' },
      { state: 'failed', run: 1, reason },
    ]);
  });

  test('does not keep the same tick from being tried again when it is back', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    await world.effects.store.delete(SOURCE);
    const tick = { schedule: 'weekly', plannedAt: MONDAY };
    await runTick(world.effects, tick);

    await putSource(world, 'prompt\na heron\n');

    expect(await runTick(world.effects, tick)).toMatchObject({ kind: 'submitted', run: 1 });
  });
});

describe('a schedule', () => {
  test('is not added over another of its name', async () => {
    const world = await freshWorld();
    await withSchedule(world);

    const added = await addSchedule(world.effects, NOBODY, weekly(world, { overlap: 'skip' }));

    expect(added).toBe(false);
    expect(await readSchedule(world.effects.table, 'weekly')).toMatchObject({ overlap: 'queue' });
  });

  test('is not left behind if EventBridge Scheduler refuses it', async () => {
    const world = await freshWorld();
    const timetable = { ...NOBODY, keep: () => Promise.reject(new Error('AccessDenied')) };

    await expect(addSchedule(world.effects, timetable, weekly(world))).rejects.toThrow('AccessDenied');

    expect(await readSchedule(world.effects.table, 'weekly')).toBeUndefined();
  });

  test('that is removed leaves its history; its file goes, its ticks are ignored, and a new one counts on', async () => {
    const world = await freshWorld();
    const schedule = await withSchedule(world, { ownsSource: true });
    await lookAt(world, MONDAY);

    await removeSchedule(world.effects, NOBODY, schedule);
    const late = await runTick(world.effects, { schedule: 'weekly', plannedAt: '2026-11-30T07:00:00Z' });
    const source = await world.effects.store.head(SOURCE);
    await withSchedule(world);
    const [next] = await lookAt(world, '2026-11-30T07:00:00Z');

    expect(late).toEqual({ kind: 'ignored' });
    expect(source).toBeUndefined();
    expect(next?.result).toMatchObject({ kind: 'submitted', run: 2 });
  });

  test('is the same batch for the same tick after its file was changed', async () => {
    const world = await freshWorld();
    await withSchedule(world);
    const first = await runTick(world.effects, { schedule: 'weekly', plannedAt: MONDAY });
    await putSource(world, 'prompt\na heron\n');

    const again = await runTick(world.effects, {
      schedule: 'weekly',
      plannedAt: '2026-11-23T08:00:00+01:00',
    });

    if (first.kind !== 'submitted') throw new Error('nothing was submitted');
    const info = await world.effects.store.head(first.key);
    expect(again).toMatchObject({ kind: 'submitted', batch: first.batch, isNew: false });
    expect(batchIdOf(first.key, info?.version ?? '')).toBe(first.batch);
  });
});

const IN_BERLIN = { timeZone: 'Europe/Berlin', weekday: 'long', hour: '2-digit', minute: '2-digit' } as const;
