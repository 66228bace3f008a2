import { type Charge, countedMicro } from '../../domain/money/charge.ts';
import type { Effects } from '../effects.ts';
import { correctionWrites, correctOwner } from '../money/ledger.ts';
import type { Table } from '../ports.ts';
import {
  CORRECTIONS,
  type Correction,
  chargeKey,
  correctionToRow,
  rowToCharge,
  rowToCorrection,
} from '../rows/charge-row.ts';

/** Who corrects, and why. */
export interface Author {
  readonly who: string;
  readonly why: string;
}

/** Corrections that were made together. */
export interface Settlement {
  readonly settlement: string;
  readonly corrected: number;
  /** Charges that were not as they were read any more, and stayed as they are. */
  readonly changedMeanwhile: number;
  /** What is recorded more for them, and what budgets got back. */
  readonly bookedMicro: number;
  readonly returnedMicro: number;
}

type Figures = Pick<Charge, 'creditsMicro' | 'creditsMaxMicro'>;

/** A charge and the figures that it is to have. */
interface Corrected {
  readonly charge: Charge;
  readonly after: Figures;
}

type About = Author & Pick<Correction, 'settlement' | 'undoes'>;

/** A name for corrections that are made together, which sorts by time. */
export function settlementId({ clock }: Pick<Effects, 'clock'>): string {
  return new Date(clock.now()).toISOString().replaceAll(/[-:.Z]/g, '');
}

/** Gives charges other figures: each in one transaction with its journal entry, roll-up, item, batch and budgets. */
export async function correct(
  effects: Pick<Effects, 'table' | 'clock'>,
  about: About,
  corrections: readonly Corrected[],
): Promise<Settlement> {
  let [corrected, bookedMicro, returnedMicro] = [0, 0, 0];
  for (const { charge, after } of corrections) {
    const changed = { ...charge, ...after };
    if (!(await correctOne(effects, about, charge, changed))) continue;
    corrected += 1;
    bookedMicro += changed.creditsMicro - charge.creditsMicro;
    returnedMicro += countedMicro(charge) - countedMicro(changed);
  }
  const changedMeanwhile = corrections.length - corrected;
  return { settlement: about.settlement, corrected, changedMeanwhile, bookedMicro, returnedMicro };
}

async function correctOne(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  { settlement, who, why, undoes }: About,
  before: Charge,
  after: Charge,
): Promise<boolean> {
  const row = await table.get(chargeKey(before));
  if (row === undefined || !isSame(rowToCharge(row), before)) return false;
  const { attempt, at, batch, model } = before;
  const correction: Correction = {
    ...{ settlement, attempt, at, batch, model, who, why },
    madeAt: new Date(clock.now()).toISOString(),
    before: figuresOf(before),
    after: figuresOf(after),
    ...(undoes === undefined ? {} : { undoes }),
  };
  const result = await table.write([
    ...correctionWrites(row, after),
    ...(await correctOwner(table, before, after)),
    { kind: 'put', row: correctionToRow(correction), onlyIf: { kind: 'absent' } },
  ]);
  return result.kind === 'written';
}

/** The journal, the oldest first; of one settlement, if one is named. */
export async function* readCorrections(
  table: Pick<Table, 'query'>,
  settlement = '',
): AsyncIterable<Correction> {
  const skPrefix = settlement === '' ? '' : `${settlement}#`;
  for await (const row of table.query({ pk: CORRECTIONS, ...(skPrefix && { skPrefix }) })) {
    yield rowToCorrection(row);
  }
}

/** Undoes a settlement by corrections of its own; a charge that became known since stays. Undefined if there is none. */
export async function undoSettlement(
  effects: Pick<Effects, 'table' | 'clock'>,
  undoes: string,
  author: Author,
): Promise<Settlement | undefined> {
  const corrections: (Corrected | undefined)[] = [];
  for await (const { attempt, at, before, after } of readCorrections(effects.table, undoes)) {
    const row = await effects.table.get(chargeKey({ attempt, at }));
    const charge = row && rowToCharge(row);
    const isAsCorrected = charge && isSame(charge, after);
    corrections.push(isAsCorrected ? { charge, after: before } : undefined);
  }
  if (corrections.length === 0) return undefined;
  const about = { ...author, undoes, settlement: settlementId(effects) };
  const undone = await correct(
    effects,
    about,
    corrections.filter((each) => each !== undefined),
  );
  return { ...undone, changedMeanwhile: corrections.length - undone.corrected };
}

function isSame(a: Figures, b: Figures): boolean {
  return a.creditsMicro === b.creditsMicro && a.creditsMaxMicro === b.creditsMaxMicro;
}

function figuresOf({ creditsMicro, creditsMaxMicro }: Figures): Figures {
  return { creditsMicro, creditsMaxMicro };
}
