import type { Command } from 'commander';
import { decimalOfNumber, decimalOfUnits, unitsOfQuotient } from '../../../shared/domain/money/decimal.ts';
import type { GivenColumns } from '../../../shared/domain/statement/known-exports.ts';
import type { BilledLine, UnreadLine } from '../../../shared/domain/statement/reconciliation.ts';
import { isMonth } from '../../../shared/domain/statement/statement-sums.ts';
import { findConfiguration } from '../../../shared/runtime/find-configuration.ts';
import { readStatementFile, type StatementFile } from '../../files/statement-file.ts';
import { UsageError } from '../../usage-error.ts';
import type { WindowOptions } from './cost-window.ts';

export interface StatementOptions extends WindowOptions {
  readonly dayColumn?: string;
  readonly modelColumn?: string;
  readonly creditsColumn?: string;
  readonly usdColumn?: string;
  readonly usdPerCredit?: string;
}

export function addStatementOptions(command: Command): Command {
  return command
    .option('--day-column <name>', 'Column with the day or month; none: one total [detected]')
    .option('--model-column <name>', 'Column with the model; none: all together [detected]')
    .option('--credits-column <name>', 'Column with the credits [detected]')
    .option('--usd-column <name>', 'Column with US dollars, if there are no credits')
    .option('--usd-per-credit <rate>', "Dollars per credit [the provider's rate]");
}

/** What the flags say, or else the `statement` of the configuration file. */
interface StatementTerms {
  readonly columns: GivenColumns;
  readonly usdPerCredit?: number;
  readonly tz?: string;
}

export function statementTerms(options: StatementOptions): StatementTerms {
  const kept = findConfiguration(process.cwd(), options.config)?.configuration.file.statement ?? {};
  const usdPerCredit = parseRate(options.usdPerCredit) ?? kept.usdPerCredit;
  const tz = options.tz ?? kept.timeZone;
  const amount =
    options.creditsColumn !== undefined || options.usdColumn !== undefined
      ? { credits: options.creditsColumn, usd: options.usdColumn }
      : { credits: kept.creditsColumn, usd: kept.usdColumn };
  const columns = {
    day: options.dayColumn ?? kept.dayColumn,
    model: options.modelColumn ?? kept.modelColumn,
    ...amount,
  };
  return {
    columns: Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== undefined)),
    ...(usdPerCredit !== undefined && { usdPerCredit }),
    ...(tz !== undefined && { tz }),
  };
}

/** The lines of all files of a statement, in credits. */
interface Statement {
  readonly lines: readonly BilledLine[];
  readonly unread: readonly UnreadLine[];
  /** How far a line may be off by rounding, in µcr. */
  readonly roundingOf: (line: Pick<BilledLine, 'day' | 'model'>) => number;
}

/** Reads the files of one statement, each with its own columns. */
export async function readStatementFiles(
  paths: readonly string[],
  columns: GivenColumns,
): Promise<StatementFile[]> {
  const files: StatementFile[] = [];
  for (const path of paths) files.push(await readStatementFile(path, columns));
  const periods = files.flatMap(({ sums }) => sums.map(({ day }) => (day === '' ? 'total' : isMonth(day))));
  if (new Set(periods).size > 1)
    throw new UsageError('the files are by days, by months and totals: compare those of one kind at a time');
  return files;
}

/** The files in credits, at a rate where they are in dollars; `nameOf` names a model of theirs. */
export function inCredits(
  files: readonly StatementFile[],
  rate: () => number,
  nameOf: (model: string) => string,
): Statement {
  const sums = new Map<string, BilledLine & { readonly roundingMicro: number }>();
  for (const { sums: own, isUsd, decimals } of files) {
    const micro = (units: number, scale: number) =>
      isUsd ? unitsOfQuotient(decimalOfUnits(units, scale), decimalOfNumber(rate()), 6) : units;
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

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--usd-per-credit is "${text}"; it must be a number above 0, such as 0.001`);
}

function keyOf({ day, model }: Pick<BilledLine, 'day' | 'model'>): string {
  return JSON.stringify([day, model]);
}
