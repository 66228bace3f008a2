import { describe, expect, test } from 'vitest';
import { findModel, modelCatalog } from '../../../shared/domain/calls/models.ts';
import { priceOfSplit, unknownMaxMicro } from '../../../shared/domain/money/charge.ts';
import { costReport, NO_COST } from '../../../shared/domain/money/cost-report.ts';
import { type Price, priceList } from '../../../shared/domain/money/prices.ts';
import type { Cause } from '../../../shared/domain/statement/causes.ts';
import { explainDifferences } from '../../../shared/domain/statement/find-causes.ts';
import { type SlicedCharge, slicer } from '../../../shared/domain/statement/ledger-slice.ts';
import { proofsOf, shared } from '../../../shared/domain/statement/proofs.ts';
import { type BilledLine, reconcile } from '../../../shared/domain/statement/reconciliation.ts';
import { addDays, daysIn } from '../../../shared/domain/time/calendar.ts';
import { timeZone, UTC } from '../../../shared/domain/time/time-zone.ts';
import fc from '../../support/property.ts';

const WINDOW = { from: '2026-10-01', to: '2026-10-20' };
const PRO = 'gemini-3-pro-image-preview';
const FLASH = 'gemini-3.1-flash-image-preview';
const prices = priceList();
const HALF = priceNamed('pro-half');
const MILLION = 1_000_000;

/** What is wrong with a statement, and what a reconciliation calls it. */
const FAULTS = ['unknown', 'time-zone', 'price', 'rounding', 'not-ours', 'not-billed'] as const;
type Fault = (typeof FAULTS)[number];
const ZONES = ['America/Los_Angeles', 'America/New_York', 'Asia/Seoul', 'Asia/Shanghai'] as const;

describe('causes of a difference between statement and ledger', () => {
  test('is named, each fault that was planted and nothing else', () => {
    fc.assert(
      fc.property(fc.subarray([...FAULTS]), fc.integer({ min: 1, max: 1e9 }), (planted, seed) => {
        const faults = new Set<Fault>(planted);
        const { ledger, statement, zone, roundingMicro } = statementWith(faults, seed);

        const { reconciliation, zone: found } = explained(ledger, statement, roundingMicro);

        const named = new Set(reconciliation.rows.flatMap(({ causes }) => causes.map(({ kind }) => kind)));
        expect([...named].sort()).toEqual([...faults].sort());
        expect(found.name).toBe(zone.name);
        for (const { differenceMicro, causes } of reconciliation.rows) {
          expect(causes.reduce((sum, { micro }) => sum + micro, 0)).toBe(differenceMicro);
        }
      }),
      { numRuns: 64 },
    );
  });

  test('is the price that would fit, by its name', () => {
    const { ledger, statement } = statementWith(new Set<Fault>(['price']), 7);

    const { reconciliation } = explained(ledger, statement, 0);

    const causes = reconciliation.rows.flatMap((row): readonly Cause[] => row.causes);
    expect(new Set(causes.map((cause) => (cause.kind === 'price' ? cause.price : '')))).toEqual(
      new Set(['pro-half']),
    );
  });

  test('is the zone whose days it counts', () => {
    const { ledger, statement } = statementWith(new Set<Fault>(['time-zone']), 11, 'America/Los_Angeles');

    expect(explained(ledger, statement, 0).zone.name).toBe('America/Los_Angeles');
    expect(explained(ledger, ledgerLines(ledger), 0).zone).toBe(UTC);
  });
});

describe("a statement's proof for calls without a response", () => {
  test('is the amount it bills for them: nothing if it agrees with the ledger', () => {
    const { ledger } = statementWith(new Set<Fault>(), 5);
    const [line] = proofsIn(ledger, ledgerLines(ledger));

    expect(line).toMatchObject({ model: FLASH, billedMicro: 0 });
  });

  test('is nothing on a line that has more or less besides', () => {
    const { ledger } = statementWith(new Set<Fault>(), 5);
    const doubtful = proofsIn(ledger, ledgerLines(ledger)).map(({ period }) => period);
    const statement = ledgerLines(ledger).map((line) =>
      doubtful.includes(line.day) ? { ...line, creditsMicro: line.creditsMicro + 900 * MILLION } : line,
    );

    expect(proofsIn(ledger, statement)).toEqual([]);
  });

  test('is shared among several calls without a rest, and none gets more than it may have cost', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 1e12 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.double({ min: 0, max: 1, noNaN: true }), (most, part) => {
        const micro = Math.floor(most.reduce((sum, each) => sum + each, 0) * part);

        const shares = shared(micro, most);

        expect(shares.reduce((sum, each) => sum + each, 0)).toBe(micro);
        expect(shares.every((share, nth) => share >= 0 && share <= (most[nth] ?? 0))).toBe(true);
      }),
    );
  });
});

/** A ledger of twenty days by seed, and its statement with such faults, planted where the seed says. */
function statementWith(faults: ReadonlySet<Fault>, seed: number, zoneName?: string) {
  const ledger = ledgerOf(seed);
  const random = randomOf(seed + 1);
  const pick = <Of>(of: readonly [Of, ...Of[]]) => of[Math.floor(random() * of.length)] ?? of[0];
  const drawn = pick(ZONES);
  const zone = faults.has('time-zone') ? (timeZone(zoneName ?? drawn) ?? UTC) : UTC;
  // A line with two faults is one difference, which nothing can take apart: the price changes after all the others.
  const changeDay = `2026-10-${pick(['09', '12', '15'])}`;
  const foreign = { day: `2026-10-${pick(['02', '03', '04'])}`, model: pick([PRO, FLASH]) };
  const missing = { day: `2026-10-${pick(['05', '06', '07'])}`, model: pick([PRO, FLASH]) };
  const billed = ledger.map((charge): BilledLine => {
    const isHalf = faults.has('price') && charge.model === PRO && zone.dayOf(charge.at) >= changeDay;
    const wasBilled = charge.outcome === 'unknown' && faults.has('unknown') ? 69 * MILLION + 1_234 : 0;
    const creditsMicro = isHalf ? priceOfSplit(charge.split, HALF) : charge.creditsMicro;
    return { day: zone.dayOf(charge.at), model: charge.model, creditsMicro: creditsMicro + wasBilled };
  });
  const foreignMicro = Math.floor((1_000 + 9_000 * random()) * MILLION);
  if (faults.has('not-ours')) billed.push({ ...foreign, creditsMicro: foreignMicro });
  const sums = summed(billed);
  const kept = faults.has('not-billed')
    ? sums.filter(({ day, model }) => day !== missing.day || model !== missing.model)
    : sums;
  const unit = pick([1_000, 10_000, 100_000]);
  const roundingMicro = faults.has('rounding') ? unit : 0;
  const rounded = (micro: number) => Math.round(micro / roundingMicro) * roundingMicro;
  const statement = kept
    .filter(({ day }) => day >= WINDOW.from && day <= WINDOW.to)
    .map((line) => (roundingMicro === 0 ? line : { ...line, creditsMicro: rounded(line.creditsMicro) }));
  return { ledger, statement, zone, roundingMicro: Math.max(0, roundingMicro - 1) };
}

/** Six calls or more of each model a day at any hour; on some days, one of Flash without a response. */
function ledgerOf(seed: number): SlicedCharge[] {
  const random = randomOf(seed);
  const days = daysIn({ from: addDays(WINDOW.from, -1), to: addDays(WINDOW.to, 1) });
  return days.flatMap((day, nth) => {
    const calls = [PRO, FLASH].flatMap((model) =>
      Array.from({ length: 6 + Math.floor(random() * 6) }, (_, call) =>
        chargeOf(model, at(day, call, random), random),
      ),
    );
    return nth % 4 === 3 ? [...calls, unknownOf(`${day}T13:00:00.000Z`)] : calls;
  });
}

/** The first calls of a day are in its first hours, and in its last: days of other zones then always differ. */
function at(day: string, call: number, random: () => number): string {
  const hour = call === 0 ? 0 : call === 1 ? 23 : Math.floor(random() * 24);
  const minute = String(Math.floor(random() * 60)).padStart(2, '0');
  return `${day}T${String(hour).padStart(2, '0')}:${minute}:00.000Z`;
}

function chargeOf(model: string, when: string, random: () => number): SlicedCharge {
  const price = priceNamed(model === PRO ? 'pro-2025-11' : 'flash-2025-11');
  const split = {
    inputTokens: 10 + Math.floor(random() * 90),
    textTokens: 100 + Math.floor(random() * 900),
    imageTokens: 1_120,
    basis: 'reported',
    flags: [],
  } as const;
  const creditsMicro = priceOfSplit(split, price);
  return {
    ...{ at: when, model, outcome: 'image', split, price: price.name, creditsMicro },
    creditsMaxMicro: creditsMicro,
  };
}

function unknownOf(when: string): SlicedCharge {
  const split = { inputTokens: 0, textTokens: 0, imageTokens: 0, basis: 'assumed', flags: [] } as const;
  return {
    ...{ at: when, model: FLASH, outcome: 'unknown', split, price: 'flash-2025-11', creditsMicro: 0 },
    creditsMaxMicro: 168 * MILLION,
  };
}

function explained(
  charges: readonly SlicedCharge[],
  statement: readonly BilledLine[],
  roundingMicro: number,
) {
  const wireName = (model: string) => findModel(modelCatalog(), model)?.sendAs ?? model;
  const slices = slicer(prices, wireName);
  for (const charge of charges) slices.add(charge);
  const costs = charges.map((charge) => ({
    ...{ day: charge.at.slice(0, 10), model: charge.model, batch: 'b', outcome: charge.outcome },
    ...{ provider: 'core-today', rate: 0.001 },
    amounts: {
      ...NO_COST,
      attempts: 1,
      creditsMicro: charge.creditsMicro,
      unknownMaxMicro: unknownMaxMicro(charge, charge.outcome),
    },
  }));
  const ledger = costReport(WINDOW, ['day', 'model'], costs);
  const compared = reconcile(ledger, statement, [], { tolerancePercent: 0, wireName });
  return explainDifferences(compared, {
    slices: slices.slices(),
    by: ['day', 'model'],
    zone: UTC,
    roundingOf: () => roundingMicro,
  });
}

function proofsIn(ledger: readonly SlicedCharge[], statement: readonly BilledLine[]) {
  return proofsOf(explained(ledger, statement, 0), { roundingOf: () => 0 }, () => true);
}

/** A statement that says just what the ledger does. */
function ledgerLines(ledger: readonly SlicedCharge[]): BilledLine[] {
  return summed(
    ledger.map(({ at: when, model, creditsMicro }) => ({ day: when.slice(0, 10), model, creditsMicro })),
  ).filter(({ day }) => day >= WINDOW.from && day <= WINDOW.to);
}

function summed(lines: readonly BilledLine[]): BilledLine[] {
  const groups = Map.groupBy(lines, ({ day, model }) => `${day} ${model}`);
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    const creditsMicro = alike.reduce((sum, line) => sum + line.creditsMicro, 0);
    return first === undefined || creditsMicro === 0 ? [] : [{ ...first, creditsMicro }];
  });
}

function priceNamed(name: string): Price {
  const price = prices.prices.find((each) => each.name === name);
  if (price === undefined) throw new Error(`no price ${name}`);
  return price;
}

/** mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
