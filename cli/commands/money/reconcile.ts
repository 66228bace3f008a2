import { basename } from 'node:path';
import type { Command } from 'commander';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import { isSettled } from '../../../shared/domain/statement/reconciliation.ts';
import { windowOfStatement } from '../../../shared/domain/statement/statement-sums.ts';
import { type Compared, compareStatement } from '../../../shared/pipeline/reconcile/compare-statement.ts';
import { settle } from '../../../shared/pipeline/reconcile/settle.ts';
import type { StatementFile } from '../../../shared/pipeline/reconcile/statement-file.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { UsageError } from '../../usage-error.ts';
import { userName } from '../../user-name.ts';
import { defineCorrections, defineUndo } from './corrections.ts';
import { type Asked, queryStage, withWindow, withZone } from './cost-window.ts';
import { reconciliationText, type SettlementNote } from './reconcile-text.ts';
import {
  addStatementOptions,
  readStatementFiles,
  type StatementOptions,
  statementTerms,
} from './statement-options.ts';

interface ReconcileOptions extends StatementOptions {
  readonly tolerance: string;
  readonly apply?: true;
  readonly why?: string;
}

/** `pressrun reconcile FILES`: the ledger beside the provider's statement. */
export function defineReconcile(command: Command, act: Act): void {
  addStatementOptions(withZone(withWindow(addHelp(command, HELP))))
    .option('--tolerance <percent>', 'Ignore differences up to this percentage', '1')
    .option('--apply', 'Settle calls without a response by the statement')
    .option('--why <text>', 'Reason to keep with these corrections [the file name]')
    .action(
      act(async (context, paths: string[], options: ReconcileOptions) => {
        const tolerancePercent = parseTolerance(options.tolerance);
        const { columns, usdPerCredit, tz } = statementTerms(options);
        const files = await readStatementFiles(paths, columns);
        const window = windowOfStatement(files.flatMap(({ sums }) => sums));
        const asked = { ...ofStatement(options, window), ...(tz !== undefined && { tz }) };
        const answer = await queryStage(context, asked, async (stage) => {
          const found = await compare(stage, files, { tolerancePercent, usdPerCredit });
          const why = options.why ?? paths.map((path) => basename(path)).join(', ');
          return { ...found, note: await settlementNote(stage, found, options.apply ? why : undefined) };
        });
        const { reconciliation, zone, note, rate } = answer;
        const result = {
          ...reconciliation,
          tz: zone.name,
          ...(rate !== undefined && { usdPerCredit: rate }),
          ...(note && { settlement: note }),
        };
        context.out.result(reconciliationText(reconciliation, note, rate), result);
        return isSettled(reconciliation) ? EXIT.ok : EXIT.incomplete;
      }),
    );
  defineCorrections(command, act);
  defineUndo(command, act);
}

const HELP = {
  examples: `  $ pressrun reconcile statement.csv
  $ pressrun reconcile october.csv november.csv --apply --why 'invoice 4711'
  $ pressrun reconcile usage.csv --day-column "Usage Date" --tolerance 0.5
  $ pressrun reconcile invoice.csv --usd-column Total --day-column none \\
      --model-column none --from 2026-11-01 --to 2026-11-30
  $ pressrun reconcile corrections               what was settled, by whom, why
  $ pressrun reconcile undo 20261128T120000000   take it back`,
  notes: `The statement is a CSV with a header and a line per call, day, month, or model,
in credits or US dollars; several files are one statement. Exports of Google,
OpenRouter, and OpenAI are known. Name other columns with flags, or keep them
as "statement" in pressrun.config.json. A missing day between first and last
counts as zero; --from and --to choose other days.
explained: calls without a response, days of another zone, another published
price, or rounding account for the difference.
--apply records what the statement proves about calls without a response, and
budgets get the rest back. A journal keeps who did it and why.

Exit codes: 0 · 2 an unexplained difference above the tolerance, another price,
or a line that couldn't be read.`,
};

/** `rate` is missing if the statement is in credits. */
async function compare(
  { effects, config, window, zone }: Asked,
  files: readonly StatementFile[],
  { tolerancePercent, usdPerCredit }: { tolerancePercent: number; usdPerCredit: number | undefined },
): Promise<Compared & { readonly rate: number | undefined }> {
  const rate = files.some(({ isUsd }) => isUsd) ? (usdPerCredit ?? rateOf(config)) : undefined;
  const terms = { window, zone, tolerancePercent, usdPerCredit: rate ?? 1 };
  const compared = await compareStatement(effects, files, terms);
  if (compared.kind === 'problem') throw new UsageError(compared.message);
  return { ...compared, rate };
}

/** What is, or could be, settled by the statement; undefined if it proves nothing. */
async function settlementNote(
  { effects }: Asked,
  { proven }: Compared,
  why: string | undefined,
): Promise<SettlementNote | undefined> {
  if (proven.length === 0) return undefined;
  if (why === undefined) return { kind: 'provable', charges: proven.length };
  return { kind: 'applied', ...(await settle(effects, proven, { who: userName(), why })) };
}

function rateOf(config: Config): number {
  const rate = creditRate(config);
  if (rate.kind === 'one') return rate.usdPerCredit;
  throw new UsageError(`--usd-per-credit: say at what rate the statement is; ${rate.message}`);
}

/** The days of the statement, unless others are asked for. */
function ofStatement(options: ReconcileOptions, window: { from: string; to: string } | undefined) {
  const { last, from, to } = options;
  if (last !== undefined || window === undefined) return options;
  return { ...options, from: from ?? window.from, to: to ?? window.to };
}

function parseTolerance(text: string): number {
  if (/^\d{1,3}(\.\d{1,6})?$/.test(text) && Number(text) <= 100) return Number(text);
  throw new UsageError(`--tolerance is "${text}"; it must be a percentage from 0 to 100, such as 1`);
}
