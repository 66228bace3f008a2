import { type CostFilter, costMatcher, needsCharges } from '../../domain/money/cost-filter.ts';
import {
  AMOUNTS,
  addAmounts,
  type CostAmounts,
  type CostDimension,
  type Costed,
  type CostReport,
  costGatherer,
  isOfCharges,
  NO_COST,
} from '../../domain/money/cost-report.ts';
import type { CostSource } from '../../domain/money/cost-statement.ts';
import { grouped } from '../../domain/money/grouped.ts';
import { addDays, type DayWindow, dayOfMs, daysIn } from '../../domain/time/calendar.ts';
import type { TimeZone } from '../../domain/time/time-zone.ts';
import { firstBatchDay } from '../batch/batches.ts';
import type { Effects } from '../effects.ts';
import type { Table } from '../ports.ts';
import type { SummedCharge } from '../rows/charge-row.ts';
import { amountsOf, type CostRollUp } from '../rows/cost-row.ts';
import { eachCharge, eachRollUp } from './read-ledger.ts';

export interface LedgerQuestion extends DayWindow {
  readonly by: readonly CostDimension[];
  /** Only what meets these. */
  readonly where?: readonly CostFilter[];
  /** Whose days are meant. */
  readonly zone: TimeZone;
  /** Roll-ups leave empty what only charges know; otherwise what knows enough answers. */
  readonly source?: CostSource;
}

type SourcedReport = CostReport & { readonly tz: string; readonly source: CostSource };

/** There was nothing to spend on before it; months before it are not looked up. */
const EARLIEST_DAY = '2020-01-01';

/** Answers a cost question from the roll-ups (sums by UTC day), or from single charges if those don't know enough. */
export async function queryCost(
  effects: Pick<Effects, 'table' | 'clock'>,
  { from, to, by, where = [], zone, source = sourceOf({ by, where, zone }) }: LedgerQuestion,
): Promise<SourcedReport> {
  const gatherer = costGatherer({ from, to }, by, costMatcher(where));
  if (source === 'roll-ups') {
    const since = from > EARLIEST_DAY ? from : EARLIEST_DAY;
    const last = addDays(dayOfMs(effects.clock.now()), 1);
    const window = { from: since, to: to < last ? to : last };
    await eachRollUp(effects.table, window, gatherer.add);
  } else {
    const window = await spentWindow(effects, { from, to }, zone);
    await eachCharge(effects.table, window, (charge) => {
      gatherer.add(costedOf(charge, zone));
    });
  }
  return { ...gatherer.report(), tz: zone.name, source };
}

/** Field by field, and a field that is missing stays one: a year has a million of them. */
function costedOf(charge: SummedCharge, zone: TimeZone): Costed {
  const { model, batch, outcome, provider, rate, price, size, user, tags } = charge;
  const { basis } = charge.split;
  const day = zone.dayOf(charge.at);
  return {
    day,
    model,
    batch,
    outcome,
    provider,
    rate,
    basis,
    price,
    size,
    user,
    tags,
    amounts: amountsOf(charge),
  };
}

/** What answers a question: roll-ups know neither other zones nor what is a charge's alone. */
export function sourceOf({
  by,
  where = [],
  zone,
}: Pick<LedgerQuestion, 'by' | 'where' | 'zone'>): CostSource {
  return zone.isUtc && !by.some(isOfCharges) && !needsCharges(where) ? 'roll-ups' : 'charges';
}

/** The days in UTC that a window touches, without those on which nothing can have been spent: the rest costs only time. */
export async function spentWindow(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  { from, to }: DayWindow,
  zone: TimeZone,
): Promise<DayWindow> {
  const touched = zone.isUtc ? { from, to } : { from: addDays(from, -1), to: addDays(to, 1) };
  // A day more, for whoever looks by a clock that is behind.
  const last = addDays(dayOfMs(clock.now()), 1);
  const first = (await firstBatchDay(table)) ?? last;
  return {
    from: touched.from > first ? touched.from : first,
    to: touched.to < last ? touched.to : last,
  };
}

/** A roll-up that differs from the sum of its charges. */
interface CostDifference {
  readonly day: string;
  readonly model: string;
  readonly batch: string;
  readonly outcome: string;
  readonly rollUp: CostAmounts;
  readonly charges: CostAmounts;
}

export interface CostVerification extends DayWindow {
  readonly charges: number;
  readonly creditsMicro: number;
  readonly differences: readonly CostDifference[];
}

/** Adds up the charges again, a day at a time, and compares them with the roll-ups (I5). */
export async function verifyCost(table: Pick<Table, 'query'>, window: DayWindow): Promise<CostVerification> {
  let charges = 0;
  let creditsMicro = 0;
  const differences: CostDifference[] = [];
  for (const day of daysIn(window)) {
    const groups = grouped(() => ({ rollUp: { ...NO_COST }, charges: { ...NO_COST } }));
    await eachCharge(table, { from: day, to: day }, (charge) => {
      charges += 1;
      creditsMicro += charge.creditsMicro;
      addAmounts(groups.at(rollUpKey(charge)).charges, amountsOf(charge));
    });
    await eachRollUp(table, { from: day, to: day }, (rollUp) =>
      addAmounts(groups.at(rollUpKey(rollUp)).rollUp, rollUp.amounts),
    );
    for (const [[model = '', batch = '', outcome = ''], sides] of groups.entries()) {
      if (AMOUNTS.some((name) => sides.rollUp[name] !== sides.charges[name]))
        differences.push({ day, model, batch, outcome, ...sides });
    }
  }
  return { ...window, charges, creditsMicro, differences };
}

/** What tells the roll-ups of a day apart. */
function rollUpKey({ model, batch, outcome, provider, rate }: Omit<CostRollUp, 'day' | 'amounts'>): string[] {
  return [model, batch, outcome, provider, String(rate)];
}
