import { decimalOfNumber, decimalOfUnits, unitsOfQuotient } from '../../domain/money/decimal.ts';
import { type Evidence, explainDifferences } from '../../domain/statement/find-causes.ts';
import { proofsOf } from '../../domain/statement/proofs.ts';
import { type ProvenCharge, provenCharges } from '../../domain/statement/proven-charges.ts';
import {
  type BilledLine,
  type Reconciliation,
  reconcile,
  type UnreadLine,
} from '../../domain/statement/reconciliation.ts';
import { dimensionsOf, monthsInPart, windowOfStatement } from '../../domain/statement/statement-sums.ts';
import { wireNames } from '../../domain/statement/wire-names.ts';
import { type DayWindow, dayOfMs } from '../../domain/time/calendar.ts';
import type { TimeZone } from '../../domain/time/time-zone.ts';
import type { Effects } from '../effects.ts';
import { queryCost } from '../money/cost.ts';
import { ledgerEvidence } from './ledger-evidence.ts';
import type { StatementFile } from './statement-file.ts';

interface CompareTerms {
  readonly window: DayWindow;
  readonly zone: TimeZone;
  /** A difference that is passed over, in percent of theirs. */
  readonly tolerancePercent: number;
  /** At what a statement in dollars is read. */
  readonly usdPerCredit: number;
}

/** The ledger beside a statement, with what explains the differences. */
export interface Compared {
  readonly kind: 'compared';
  readonly reconciliation: Reconciliation;
  /** Whose days the statement counts. */
  readonly zone: TimeZone;
  /** The calls without a response that the statement settles. */
  readonly proven: readonly ProvenCharge[];
}

/** Compares the ledger with the files of one statement, by what these tell apart. */
export async function compareStatement(
  effects: Pick<Effects, 'table' | 'clock' | 'models' | 'prices'>,
  files: readonly StatementFile[],
  { window, zone, tolerancePercent, usdPerCredit }: CompareTerms,
): Promise<Compared | { readonly kind: 'problem'; readonly message: string }> {
  const sums = files.flatMap((file) => file.sums);
  const parts = monthsInPart(sums, window, dayOfMs(effects.clock.now()));
  if (parts.length > 0) {
    const message = `the statement is by months, and ${window.from} to ${window.to} holds only a part of ${parts.join(', ')}: ask for whole months`;
    return { kind: 'problem', message };
  }
  const [unreadable] = sums.length === 0 ? files.flatMap((file) => file.unread) : [];
  if (unreadable !== undefined) {
    const message = `no line of the statement can be read. Line ${unreadable.line}: ${unreadable.reason}`;
    return { kind: 'problem', message };
  }
  const by = dimensionsOf(sums);
  const wireName = wireNames(effects.models);
  const { lines, unread, roundingOf } = inCredits(files, usdPerCredit, wireName);
  const ledger = await queryCost(effects, { ...window, by, zone });
  const compared = reconcile(ledger, lines, unread, { tolerancePercent, wireName });
  const isInDoubt = compared.rows.some((row) => row.differenceMicro !== 0 || row.unknownMaxMicro > 0);
  if (!isInDoubt) return { kind: 'compared', reconciliation: compared, zone, proven: [] };
  const { slices, inDoubt } = await ledgerEvidence(effects, window, wireName);
  const evidence: Evidence = { slices, by, zone, roundingOf };
  const explained = explainDifferences(compared, evidence);
  const spoken = windowOfStatement(sums);
  const isOfStatement = (period: string) =>
    spoken === undefined || (period >= spoken.from.slice(0, period.length) && period <= spoken.to);
  const proofs = proofsOf(explained, evidence, isOfStatement);
  const proven = provenCharges(inDoubt, proofs, { window, zone: explained.zone, by, wireName });
  return { kind: 'compared', reconciliation: explained.reconciliation, zone: explained.zone, proven };
}

/** The lines of all files of a statement, in credits. */
interface Statement {
  readonly lines: readonly BilledLine[];
  readonly unread: readonly UnreadLine[];
  /** How far a line may be off by rounding, in µcr. */
  readonly roundingOf: (line: Pick<BilledLine, 'day' | 'model'>) => number;
}

/** The files in credits, at a rate if they are in dollars; `nameOf` names a model of theirs. */
function inCredits(
  files: readonly StatementFile[],
  usdPerCredit: number,
  nameOf: (model: string) => string,
): Statement {
  const sums = new Map<string, BilledLine & { readonly roundingMicro: number }>();
  for (const { sums: own, isUsd, decimals } of files) {
    const micro = (units: number, scale: number) =>
      isUsd ? unitsOfQuotient(decimalOfUnits(units, scale), decimalOfNumber(usdPerCredit), 6) : units;
    const unitMicro = isUsd ? micro(1, decimals) : 10 ** Math.max(0, 6 - decimals);
    for (const { day, model, amount, lines } of own) {
      const line = { day, model: nameOf(model) };
      const before = sums.get(keyOf(line));
      sums.set(keyOf(line), {
        ...line,
        creditsMicro: (before?.creditsMicro ?? 0) + micro(amount, 9),
        roundingMicro: (before?.roundingMicro ?? 0) + allowance(unitMicro, lines) + (isUsd ? 1 : 0),
      });
    }
  }
  const isSeveral = files.length > 1;
  return {
    lines: [...sums.values()].map(({ day, model, creditsMicro }) => ({ day, model, creditsMicro })),
    unread: files.flatMap(({ path, unread }) =>
      unread.map((each) => (isSeveral ? { file: path, ...each } : each)),
    ),
    roundingOf: (line) => sums.get(keyOf(line))?.roundingMicro ?? 0,
  };
}

/** One amount may be cut or rounded either way; of several, each is off by half a unit at most. */
function allowance(unitMicro: number, lines: number): number {
  if (unitMicro <= 1) return 0;
  return lines === 1 ? unitMicro - 1 : Math.ceil((unitMicro * lines) / 2);
}

function keyOf({ day, model }: Pick<BilledLine, 'day' | 'model'>): string {
  return JSON.stringify([day, model]);
}
