import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { GivenColumns } from '../../../shared/domain/statement/known-exports.ts';
import { isMonth } from '../../../shared/domain/statement/statement-sums.ts';
import { readStatementFile, type StatementFile } from '../../../shared/pipeline/reconcile/statement-file.ts';
import { findConfiguration } from '../../../shared/runtime/find-configuration.ts';

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

/** Reads the files of one statement, each with its own columns. */
export async function readStatementFiles(
  paths: readonly string[],
  columns: GivenColumns,
): Promise<StatementFile[]> {
  const files: StatementFile[] = [];
  for (const path of paths) {
    if (!(await stat(path)).isFile()) throw new UsageError(`${path}: is not a file; name a CSV`);
    const read = await readStatementFile(path, () => createReadStream(path), columns);
    if (read.kind === 'problem') throw new UsageError(read.message);
    files.push(read);
  }
  const periods = files.flatMap(({ sums }) => sums.map(({ day }) => (day === '' ? 'total' : isMonth(day))));
  if (new Set(periods).size > 1)
    throw new UsageError('the files are by days, by months and totals: compare those of one kind at a time');
  return files;
}

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--usd-per-credit is "${text}"; it must be a number above 0, such as 0.001`);
}
