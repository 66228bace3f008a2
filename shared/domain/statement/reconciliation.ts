import type { CostReport } from '../money/cost-report.ts';
import type { DayWindow } from '../time/calendar.ts';
import type { Cause } from './causes.ts';
import { firstDay, lastDay } from './statement-sums.ts';

/** `same`: exact. `explained`: unconfirmed calls, another zone, rounding or a published price. `tolerated`: within tolerance. */
type Verdict = 'same' | 'explained' | 'tolerated' | 'unexplained';

/** Ledger and statement for a day or month and a model, in µcr. */
export interface ReconciledLine {
  readonly day: string;
  readonly model: string;
  readonly oursMicro: number;
  readonly theirsMicro: number;
  /** Theirs less ours. */
  readonly differenceMicro: number;
  readonly unknownMaxMicro: number;
  readonly verdict: Verdict;
  readonly causes: readonly Cause[];
}

export interface UnreadLine {
  /** If there are several files. */
  readonly file?: string;
  readonly line: number;
  readonly reason: string;
}

export interface Reconciliation extends DayWindow {
  readonly tolerancePercent: number;
  readonly rows: readonly ReconciledLine[];
  readonly total: Omit<ReconciledLine, 'day' | 'model' | 'causes'>;
  readonly unread: readonly UnreadLine[];
}

export interface BilledLine {
  readonly day: string;
  readonly model: string;
  readonly creditsMicro: number;
}

interface Sides {
  readonly oursMicro: number;
  readonly theirsMicro: number;
  readonly unknownMaxMicro: number;
}

const NEITHER: Sides = { oursMicro: 0, theirsMicro: 0, unknownMaxMicro: 0 };

interface Terms {
  readonly tolerancePercent: number;
  /** The provider's name of a model. */
  readonly wireName: (model: string) => string;
}

/** Compares a ledger (by day and model) with a statement over the ledger's window. Unreadable lines stay in the result. */
export function reconcile(
  ledger: CostReport,
  statement: readonly BilledLine[],
  unread: readonly UnreadLine[],
  { tolerancePercent, wireName }: Terms,
): Reconciliation {
  const { from, to } = ledger;
  const sides = new Map<string, Sides>();
  const add = (day: string, model: string, more: Partial<Sides>) => {
    const key = keyOf(day, model);
    sides.set(key, addSides(sides.get(key) ?? NEITHER, { ...NEITHER, ...more }));
  };
  for (const { day, month = '', model = '', creditsMicro, unknownMaxMicro } of ledger.rows) {
    add(day ?? month, wireName(model), { oursMicro: creditsMicro, unknownMaxMicro });
  }
  for (const { day, model, creditsMicro } of statement) {
    if (day === '' || (lastDay(day) >= from && firstDay(day) <= to))
      add(day, wireName(model), { theirsMicro: creditsMicro });
  }
  const keys = [...sides.keys()].sort();
  const rows = keys.map((key): ReconciledLine => {
    const [day, model] = JSON.parse(key) as [string, string];
    return { day, model, ...judged(sides.get(key) ?? NEITHER, tolerancePercent), causes: [] };
  });
  return withRows({ from, to, tolerancePercent, unread }, rows);
}

/** With the causes of differences; harmless ones alone make a line `explained`. */
export function explainedBy(
  reconciliation: Reconciliation,
  causesOf: (line: ReconciledLine) => readonly Cause[],
): Reconciliation {
  const rows = reconciliation.rows.map((line): ReconciledLine => {
    const causes = causesOf(line);
    const isExplained = causes.length > 0 && causes.every(({ kind }) => EXPLAINS[kind]);
    return { ...line, causes, verdict: isExplained ? 'explained' : line.verdict };
  });
  return withRows(reconciliation, rows);
}

/** Whether a cause explains a difference, or only states it. */
const EXPLAINS: Readonly<Record<Cause['kind'], boolean>> = {
  unknown: true,
  'time-zone': true,
  price: true,
  rounding: true,
  'not-ours': false,
  'not-billed': false,
};

/** Whether you need not look: all differences are explained, at known prices, and all lines readable. */
export function isSettled({ rows, total, unread }: Reconciliation): boolean {
  const isOtherPrice = rows.some(({ causes }) => causes.some(({ kind }) => kind === 'price'));
  return unread.length === 0 && total.verdict !== 'unexplained' && !isOtherPrice;
}

const VERDICTS: readonly Verdict[] = ['same', 'explained', 'tolerated', 'unexplained'];

/** The total is as bad as its worst line, even if differences cancel out. */
function withRows(
  { from, to, tolerancePercent, unread }: Omit<Reconciliation, 'rows' | 'total'>,
  rows: readonly ReconciledLine[],
): Reconciliation {
  const sides = rows.reduce<Sides>(addSides, NEITHER);
  const verdict = VERDICTS.findLast((each) => rows.some((row) => row.verdict === each)) ?? 'same';
  const total = { ...sides, differenceMicro: sides.theirsMicro - sides.oursMicro, verdict };
  return { from, to, tolerancePercent, rows, total, unread };
}

function judged(sides: Sides, tolerancePercent: number): Omit<ReconciledLine, 'day' | 'model' | 'causes'> {
  const differenceMicro = sides.theirsMicro - sides.oursMicro;
  return { ...sides, differenceMicro, verdict: verdictOf(sides, differenceMicro, tolerancePercent) };
}

function verdictOf({ theirsMicro, unknownMaxMicro }: Sides, difference: number, percent: number): Verdict {
  if (difference === 0) return 'same';
  if (difference > 0 && difference <= unknownMaxMicro) return 'explained';
  return Math.abs(difference) * 100 <= percent * Math.abs(theirsMicro) ? 'tolerated' : 'unexplained';
}

function addSides(a: Sides, b: Sides): Sides {
  return {
    oursMicro: a.oursMicro + b.oursMicro,
    theirsMicro: a.theirsMicro + b.theirsMicro,
    unknownMaxMicro: a.unknownMaxMicro + b.unknownMaxMicro,
  };
}

function keyOf(day: string, model: string): string {
  return JSON.stringify([day, model]);
}
