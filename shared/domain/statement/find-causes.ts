import { nameList } from '../canonical-name.ts';
import { addDays } from '../time/calendar.ts';
import { type TimeZone, timeZone } from '../time/time-zone.ts';
import { type Cause, causesOf, exactCauses, type LedgerSide } from './causes.ts';
import type { LedgerSlice } from './ledger-slice.ts';
import { explainedBy, type ReconciledLine, type Reconciliation } from './reconciliation.ts';

export interface Evidence {
  /** The window's ledger with a day more at each end. */
  readonly slices: readonly LedgerSlice[];
  /** The statement's dimensions. */
  readonly by: readonly ('day' | 'month' | 'model')[];
  /** The zone of the ledger's days. */
  readonly zone: TimeZone;
  /** A line's rounding, in µcr. */
  readonly roundingOf: (line: Pick<ReconciledLine, 'day' | 'model'>) => number;
}

/** An explained reconciliation, and the statement's zone. */
export interface Explained {
  readonly reconciliation: Reconciliation;
  readonly zone: TimeZone;
  /** The line's unconfirmed maximum, in days of that zone. */
  readonly unknownMaxMicro: (line: Pick<ReconciledLine, 'day' | 'model'>) => number;
}

/** First the known ones, then every whole hour. */
const ZONES: readonly string[] = [
  ...nameList(`
    America/Los_Angeles, UTC, Asia/Seoul, America/New_York, Europe/London, Europe/Berlin, Asia/Shanghai,
    Asia/Kolkata, Australia/Sydney`),
  ...Array.from({ length: 12 }, (_, hour) => [`Etc/GMT+${hour + 1}`, `Etc/GMT-${hour + 1}`]).flat(),
];
/** Made once: a zone's calendar is slow, and remembers its days. */
const zonesOnce = { made: [] as readonly TimeZone[] };
const NOTHING: LedgerSide = { oursMicro: 0, unknownMaxMicro: 0, atPrice: new Map() };
/** Finer rounding can't fit by chance. */
const FINE_MICRO = 10_000;

export function explainDifferences(reconciliation: Reconciliation, evidence: Evidence): Explained {
  const isSame = reconciliation.rows.every(({ differenceMicro }) => differenceMicro === 0);
  const zone = isSame ? evidence.zone : zoneOfStatement(reconciliation, evidence);
  const sides = sidesIn(zone, reconciliation, evidence);
  const exact = new Map(reconciliation.rows.map((line) => [line, exactOf(line, sides, evidence)] as const));
  const explained = explainedBy(reconciliation, (line) => {
    const side = sides.get(keyOf(line)) ?? NOTHING;
    const shiftMicro = side.oursMicro - line.oursMicro;
    const shift: Cause[] =
      shiftMicro === 0 ? [] : [{ kind: 'time-zone', micro: shiftMicro, zone: zone.name }];
    const restMicro = line.theirsMicro - side.oursMicro;
    const around = priceAround(line, reconciliation.rows, exact);
    return [...shift, ...causesOf(restMicro, side, evidence.roundingOf(line), around)];
  });
  const unknownMaxMicro: Explained['unknownMaxMicro'] = (line) =>
    sides.get(keyOf(line))?.unknownMaxMicro ?? 0;
  return { reconciliation: explained, zone, unknownMaxMicro };
}

/** The zone whose days fit the most lines; another than the asked one only if clearly better. */
function zoneOfStatement(reconciliation: Reconciliation, evidence: Evidence): TimeZone {
  const { zone: asked, by } = evidence;
  if (!by.includes('day') && !by.includes('month')) return asked;
  const agreeing = (zone: TimeZone) => {
    const sides = sidesIn(zone, reconciliation, evidence);
    const fitting = reconciliation.rows.filter((line) => exactOf(line, sides, evidence) !== undefined);
    const isFine = fitting.some((line) => line.theirsMicro !== 0 && evidence.roundingOf(line) <= FINE_MICRO);
    return { zone, count: fitting.length, isFine };
  };
  const here = agreeing(asked);
  if (here.count === reconciliation.rows.length) return asked;
  const others = candidates().map(agreeing);
  const best = others.reduce((most, each) => (each.count > most.count ? each : most), here);
  const least = best.isFine ? here.count + 1 : here.count + 2;
  return best.count >= least && best.count * 2 >= reconciliation.rows.length ? best.zone : asked;
}

function candidates(): readonly TimeZone[] {
  if (zonesOnce.made.length === 0) zonesOnce.made = ZONES.flatMap((name) => timeZone(name) ?? []);
  return zonesOnce.made;
}

function exactOf(
  line: ReconciledLine,
  sides: ReadonlyMap<string, LedgerSide>,
  { roundingOf }: Evidence,
): readonly Cause[] | undefined {
  const side = sides.get(keyOf(line)) ?? NOTHING;
  return exactCauses(line.theirsMicro - side.oursMicro, side, roundingOf(line));
}

/** The billed price of the nearest certain day, if not the ledger's. */
function priceAround(
  line: ReconciledLine,
  rows: readonly ReconciledLine[],
  exact: ReadonlyMap<ReconciledLine, readonly Cause[] | undefined>,
): string | undefined {
  const certain = rows.filter((each) => each.model === line.model && exact.get(each) !== undefined);
  const before = certain.findLast((each) => each.day < line.day);
  const nearest = before ?? certain.find((each) => each.day > line.day);
  const cause = nearest && exact.get(nearest)?.find(({ kind }) => kind === 'price');
  return cause?.kind === 'price' ? cause.price : undefined;
}

/** The ledger by period and model, in a zone's days. */
function sidesIn(
  zone: TimeZone,
  { from, to }: Pick<Reconciliation, 'from' | 'to'>,
  { slices, by }: Evidence,
): Map<string, LedgerSide> {
  const sides = new Map<string, LedgerSide & { readonly atPrice: Map<string, number> }>();
  for (const { at, model, creditsMicro, unknownMaxMicro, atPrice } of slices) {
    const day = zone.dayOf(at);
    if (day < from || day > to) continue;
    const key = keyOf({ day: periodOf(day, by), model: by.includes('model') ? model : '' });
    const side = sides.get(key);
    const prices = side?.atPrice ?? new Map<string, number>();
    for (const [price, more] of atPrice) prices.set(price, (prices.get(price) ?? 0) + more);
    sides.set(key, {
      oursMicro: (side?.oursMicro ?? 0) + creditsMicro,
      unknownMaxMicro: (side?.unknownMaxMicro ?? 0) + unknownMaxMicro,
      atPrice: prices,
    });
  }
  return sides;
}

/** A day's period in a statement by day, month or total. */
export function periodOf(day: string, by: Evidence['by']): string {
  if (by.includes('day')) return day;
  return by.includes('month') ? day.slice(0, 7) : '';
}

/** The days of charges that may belong to a window in some zone. */
export function touchedWindow({ from, to }: Pick<Reconciliation, 'from' | 'to'>) {
  return { from: addDays(from, -1), to: addDays(to, 1) };
}

function keyOf({ day, model }: Pick<ReconciledLine, 'day' | 'model'>): string {
  return JSON.stringify([day, model]);
}
