import { describe, expect, test } from 'vitest';
import { startWorkers } from '../../local/stage/workers.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Item } from '../../shared/domain/item/item.ts';
import type { Charge } from '../../shared/domain/money/charge.ts';
import { sweep } from '../../shared/pipeline/life/sweep.ts';
import { endPauses, readPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { chargesIn, disputes, sumMicro, verify } from '../support/ledger.ts';
import { fastClock } from '../support/test-clock.ts';
import { isOpen, itemsIn, unlimited, untilOver } from '../support/work.ts';
import { csvOf, submit, useWorlds, type World } from '../support/world.ts';

const freshWorld = useWorlds();

const ROWS = 1_000;
const OPERATOR_FAILURES = {
  'auth-401': 100,
  'credits-402': 300,
  'forbidden-403': 500,
  'model-404': 700,
  'quota-per-day': 900,
} as const;

const OPERATORS = ['auth', 'credits', 'forbidden', 'model', 'quota'];
/** Chance may bring these several times running, which pauses as well. */
const STREAKS = ['lost_image', 'bad_request'];

describe('a thousand items, a quarter of the calls failing, and every pause that only you can end', () => {
  test('all end, and the ledger is the bill', async () => {
    const world = await mixedWorld();
    const batch = await submit(world, csvOf(ROWS));

    const paused = await runWithOperator(world, batch);

    const items = await itemsIn(world.effects, batch);
    const charges = await chargesIn(world.effects);
    expect(paused.filter((code) => !STREAKS.includes(code))).toEqual(OPERATORS);
    expect(items.filter(isOpen)).toEqual([]);
    expect(items.filter(({ state }) => state.kind === 'done').length).toBeGreaterThan(0.9 * ROWS);
    expect(disputes(world, items, charges)).toEqual([]);
    expect(itemsWithTwoImages(charges)).toEqual([]);
    expect(items.filter(usedUpByOperator)).toEqual([]);
    expect(sumMicro(items)).toBe(sumMicro(charges));
    expect(await verify(world.effects)).toMatchObject({ differences: [], charges: charges.length });
    expect(await world.deadLetters()).toBe(0);
  }, 120_000);
});

/** Ten times as fast as the machine's clock. */
async function mixedWorld(): Promise<World> {
  const world = await freshWorld({ profile: 'mixed', operatorFailuresAt: OPERATOR_FAILURES }, fastClock(10));
  return { ...world, effects: unlimited(world.effects) };
}

/** Runs to the end; at each pause a person mends the trouble and runs again. Gives the troubles in their order. */
async function runWithOperator(world: World, batch: BatchId): Promise<string[]> {
  const { effects } = world;
  const paused: string[] = [];
  for (;;) {
    const workers = startWorkers(world.effects, { itemsAtOnce: 16, watchUploads: false, isAlone: true });
    const { state } = await untilOver(effects, batch, 100_000);
    await workers.stop();
    if (state === 'complete') return paused;
    const pauses = await readPauses(effects, effects.models.keys());
    paused.push(...pauses.map(({ code }) => code));
    await endPauses(effects, effects.models.keys());
    await sweep(effects, { leasesEndedByMs: Number.MAX_SAFE_INTEGER, resend: batch });
  }
}

function itemsWithTwoImages(charges: readonly Charge[]): string[] {
  const seen = new Set<string>();
  return charges
    .filter(({ outcome }) => outcome === 'image')
    .map(({ row, variant }) => `${row}#${variant}`)
    .filter((item) => seen.has(item) || !seen.add(item));
}

function usedUpByOperator({ history }: Item): boolean {
  return Object.keys(history.failures).some((code) => OPERATORS.includes(code));
}
