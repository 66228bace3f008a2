import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { NO_HISTORY } from '../../shared/domain/item/item.ts';
import { rowToItem } from '../../shared/pipeline/rows/item-row.ts';
import { rowToState } from '../../shared/pipeline/rows/provider-state-row.ts';
import { isOver } from './is-over.ts';
import { type Scenario, START_MS, smallScenario } from './scenario.ts';
import { startStage } from './stages.ts';
import { createWorld, type World } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CALLS_BEFORE = 9;

describe.each([
  ['a deployed stage', { stage: 'deployed', rows: 100, callsAtOnce: 20 }],
  ['a stage on one machine', { stage: 'local', rows: 200, callsAtOnce: 10 }],
] as const)('an hour of 503 in %s, with its real handlers and queues,', (_, { stage, rows, callsAtOnce }) => {
  test('loses nothing, costs no attempt, and ends without user action', { timeout: 60_000 }, async () => {
    const world = createWorld(outage(stage, rows), (effects) => effects);
    const { scheduler, provider, workQueue, ingestQueue } = world;
    startStage(world);
    const isHalted = () => world.violations.length > 0;

    await scheduler.runUntil(() => isHalted() || openSinceMs(world) !== undefined, START_MS + HOUR_MS);
    const openMs = openSinceMs(world) ?? 0;
    await scheduler.runUntil(isHalted, openMs + HOUR_MS);

    const probes = provider.bill.filter(({ atMs }) => atMs > openMs);
    expect(probes.length, 'probes in the hour').toBeLessThanOrEqual(40);
    expect(probes.length).toBeGreaterThan(30);
    expect(attemptsUsed(world), 'items that an attempt was used up of').toEqual([]);

    const healMs = scheduler.now();
    provider.mend();
    await scheduler.runUntil(() => isHalted() || isOver(world), START_MS + DAY_MS);

    const afterwards = provider.bill.filter(({ atMs }) => atMs >= healMs).map(({ atMs }) => atMs);
    const [probedMs = Number.POSITIVE_INFINITY] = afterwards;
    const fullMs = afterwards[callsAtOnce - 1] ?? Number.POSITIVE_INFINITY;
    expect(probedMs - healMs, 'until the probe that succeeds').toBeLessThanOrEqual(105_000);
    expect(fullMs - probedMs, 'from then on, until all calls that there may be are under way').toBeLessThan(
      MINUTE_MS,
    );
    expect(world.violations).toEqual([]);
    expect([...workQueue.deadLetters(), ...ingestQueue.deadLetters()]).toEqual([]);
    expect(world.facts.batch()).toMatchObject({ state: 'complete', items: rows });
    expect(provider.bill.filter(({ outcome }) => outcome === 'image')).toHaveLength(rows);
  });
});

function outage(stage: Scenario['stage'], rows: number): Scenario {
  const numbers = Array.from({ length: rows }, (_, index) => index + 1);
  const lines = numbers.map((row) => `a red fox number ${row},fox-${row}`);
  return {
    ...smallScenario(stage, []),
    file: `prompt,id\n${lines.join('\n')}\n`,
    items: numbers,
    rejected: [],
    workers: 4,
    itemsAtOnce: 5,
    eventSize: 5,
    mood: {
      outcomes: { image: 1 },
      trouble: { outcome: 'upstream', fromCall: CALLS_BEFORE + 1, untilMs: Number.POSITIVE_INFINITY },
    },
    budgets: {},
    repeats: false,
  };
}

function openSinceMs({ table }: World): number | undefined {
  for (const row of table.rows()) {
    if (row.pk.startsWith('PROVIDER#') && row.sk === 'STATE')
      return rowToState(row).state.breaker.openSinceMs;
  }
  return undefined;
}

function attemptsUsed({ facts }: World): number[] {
  const open = [...facts.items.values()].filter(({ stored }) => stored.state === 'queued');
  const used = open.filter(({ stored }) => !isDeepStrictEqual(rowToItem(stored).history, NO_HISTORY));
  return used.map(({ row }) => row);
}
