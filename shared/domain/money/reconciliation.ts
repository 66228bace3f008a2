import { addDays, addMonths, type DayWindow } from '../time/calendar.ts';
import type { CostReport } from './cost-report.ts';
import type { StatementLine } from './statement-line.ts';

/**
 * `same`: to the micro-credit. `explained`: the provider asks more, but no more than attempts of unknown outcome may have
 * cost. `tolerated`: within the tolerance. `unexplained`: neither.
 */
type Verdict = 'same' | 'explained' | 'tolerated' | 'unexplained';

/** The ledger and the statement on one day, or in one month, for one model; money in µcr. */
interface ReconciledLine {
  readonly day: string;
  readonly model: string;
  readonly oursMicro: number;
  readonly theirsMicro: number;
  /** Theirs less ours. */
  readonly differenceMicro: number;
  readonly unknownMaxMicro: number;
  readonly verdict: Verdict;
}

export interface UnreadLine {
  readonly line: number;
  readonly reason: string;
}

export interface Reconciliation extends DayWindow {
  readonly tolerancePercent: number;
  readonly rows: readonly ReconciledLine[];
  readonly total: Omit<ReconciledLine, 'day' | 'model'>;
  readonly unread: readonly UnreadLine[];
}

interface Sides {
  readonly oursMicro: number;
  readonly theirsMicro: number;
  readonly unknownMaxMicro: number;
}

const NEITHER: Sides = { oursMicro: 0, theirsMicro: 0, unknownMaxMicro: 0 };

/** Adds up a statement by day and model: holds a figure for each of these, and no line. */
export function statementSums() {
  const sums = new Map<string, StatementLine>();
  return {
    /** `false` where the sum would no longer be exact; then nothing was added. */
    add: (line: StatementLine): boolean => {
      const key = keyOf(line.day, line.model);
      const creditsMicro = (sums.get(key)?.creditsMicro ?? 0) + line.creditsMicro;
      if (!Number.isSafeInteger(creditsMicro)) return false;
      sums.set(key, { ...line, creditsMicro });
      return true;
    },
    sums: (): StatementLine[] => [...sums.values()],
    /** What the statement tells apart. */
    by: (): ('day' | 'month' | 'model')[] => {
      const lines = [...sums.values()];
      const period = lines.some(({ day }) => isMonth(day)) ? 'month' : 'day';
      return [
        ...(lines.some(({ day }) => day !== '') ? [period as 'day' | 'month'] : []),
        ...(lines.some(({ model }) => model !== '') ? ['model' as const] : []),
      ];
    },
    /** The first and the last day that the statement speaks of. */
    window: (): DayWindow | undefined => {
      const days = [...sums.values()]
        .map(({ day }) => day)
        .filter((day) => day !== '')
        .sort();
      const [from, to] = [days[0], days.at(-1)];
      return from === undefined || to === undefined ? undefined : { from: firstDay(from), to: lastDay(to) };
    },
  };
}

/**
 * Compares a ledger (by day and model) with a statement, over the ledger's window. `wireName` gives the name under which
 * the provider knows a model of ours. A line that could not be read is nobody's zero: it stays in the result.
 */
export function reconcile(
  ledger: CostReport,
  statement: readonly StatementLine[],
  unread: readonly UnreadLine[],
  { tolerancePercent, wireName }: { tolerancePercent: number; wireName: (model: string) => string },
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
    return { day, model, ...judged(sides.get(key) ?? NEITHER, tolerancePercent) };
  });
  const total = totalOf([...sides.values()].reduce(addSides, NEITHER), rows);
  return { from, to, tolerancePercent, rows, total, unread };
}

/** Whether a person has to look: a difference that nothing explains, or a line that could not be read. */
export function isSettled({ total, unread }: Reconciliation): boolean {
  return unread.length === 0 && total.verdict !== 'unexplained';
}

const VERDICTS: readonly Verdict[] = ['same', 'explained', 'tolerated', 'unexplained'];

/** As bad as its worst line: differences of two days that cancel each other out are still two differences. */
function totalOf(sides: Sides, rows: readonly ReconciledLine[]): Reconciliation['total'] {
  const verdict = VERDICTS.findLast((each) => rows.some((row) => row.verdict === each)) ?? 'same';
  return { ...sides, differenceMicro: sides.theirsMicro - sides.oursMicro, verdict };
}

function judged(sides: Sides, tolerancePercent: number): Omit<ReconciledLine, 'day' | 'model'> {
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

function firstDay(period: string): string {
  return isMonth(period) ? `${period}-01` : period;
}

function lastDay(period: string): string {
  return isMonth(period) ? addDays(addMonths(`${period}-01`, 1), -1) : period;
}

function isMonth(period: string): boolean {
  return period.length === 'YYYY-MM'.length;
}

function keyOf(day: string, model: string): string {
  return JSON.stringify([day, model]);
}
