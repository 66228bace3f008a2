import type { Command } from 'commander';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import { formatCredits } from '../../../shared/domain/money/money.ts';
import { isSettled, type Reconciliation, reconcile } from '../../../shared/domain/money/reconciliation.ts';
import type { StatementLine } from '../../../shared/domain/money/statement-line.ts';
import { queryCost } from '../../../shared/pipeline/money/cost.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { readStatementFile } from '../../files/statement-file.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';
import { queryStage, type WindowOptions, withWindow, withZone } from './cost-window.ts';

interface ReconcileOptions extends WindowOptions {
  readonly dayColumn?: string;
  readonly modelColumn?: string;
  readonly creditsColumn?: string;
  readonly usdColumn?: string;
  readonly usdPerCredit?: string;
  readonly tolerance: string;
}

/** `pressrun reconcile FILE`: the ledger beside the provider's statement. */
export function defineReconcile(command: Command, act: Act): void {
  withZone(withWindow(command))
    .option(
      '--day-column <name>',
      'the column with the day or month (default: day, date or the like); none: a total',
    )
    .option(
      '--model-column <name>',
      'the column with the model (default: model, sku or the like); none: all together',
    )
    .option('--credits-column <name>', 'the column with the credits (default: credits or the like)')
    .option('--usd-column <name>', 'the column with US dollars, where it has no credits')
    .option('--usd-per-credit <rate>', "dollars a credit (default: the provider's rate)")
    .option('--tolerance <percent>', 'a difference that is passed over, in percent of theirs', '1')
    .addHelpText('after', HELP)
    .action(
      act(async (context, file: string, options: ReconcileOptions) => {
        const tolerancePercent = parseTolerance(options.tolerance);
        const rate = parseRate(options.usdPerCredit);
        const { sums, unread, isUsd } = await readStatementFile(file, {
          ...(options.dayColumn !== undefined && { day: options.dayColumn }),
          ...(options.modelColumn !== undefined && { model: options.modelColumn }),
          ...(options.creditsColumn !== undefined && { credits: options.creditsColumn }),
          ...(options.usdColumn !== undefined && { usd: options.usdColumn }),
        });
        const reconciliation = await queryStage(
          context,
          ofStatement(options, sums.window()),
          async ({ effects, config, window, zone }) => {
            const ledger = await queryCost(effects, { ...window, by: sums.by(), zone });
            const statement = isUsd ? inCredits(sums.sums(), rate ?? rateOf(config)) : sums.sums();
            const wireName = (model: string) => effects.models.get(model)?.sendAs ?? model;
            return reconcile(ledger, statement, unread, { tolerancePercent, wireName });
          },
        );
        context.out.result(reconciliationText(reconciliation), reconciliation);
        return isSettled(reconciliation) ? EXIT.ok : EXIT.incomplete;
      }),
    );
}

const HELP = `
The statement is a CSV with a header and a line for each call, day, month or model, in credits or US dollars. Days
without a line in it, from its first day to its last, count as none of theirs; --from and --to ask about other days.
explained: the difference is no more than calls of unknown outcome may have cost.
Exit 2: a difference over the tolerance that is not explained, or a line that could not be read.

Examples:
  $ pressrun reconcile statement.csv
  $ pressrun reconcile usage.csv --day-column "Usage Date" --credits-column Amount --tolerance 0.5
  $ pressrun reconcile invoice.csv --usd-column Total --day-column none --model-column none \\
      --from 2026-11-01 --to 2026-11-30`;

/** A statement in dollars at a rate; it is rounded to the micro-credit. */
function inCredits(lines: readonly StatementLine[], usdPerCredit: number): StatementLine[] {
  return lines.map((line) => ({ ...line, creditsMicro: Math.round(line.creditsMicro / usdPerCredit) }));
}

function rateOf(config: Config): number {
  const rate = creditRate(config);
  if (rate.kind === 'one') return rate.usdPerCredit;
  throw new UsageError(`--usd-per-credit: say at what rate the statement is; ${rate.message}`);
}

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--usd-per-credit is "${text}"; it must be a number above 0, such as 0.001`);
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

const MOST_UNREAD_SHOWN = 20;

function reconciliationText(reconciliation: Reconciliation): string {
  const { from, to, rows, total, unread } = reconciliation;
  const header = ['day', 'model', 'ours', 'theirs', 'difference', 'unknown max', 'verdict'];
  const lines = [...rows, { day: 'total', model: '', ...total }].map((line) => [
    line.day || '(all days)',
    line.model || (line.day === 'total' ? '' : '(all models)'),
    formatCredits(line.oursMicro),
    formatCredits(line.theirsMicro),
    formatCredits(line.differenceMicro),
    formatCredits(line.unknownMaxMicro),
    line.verdict,
  ]);
  const table =
    rows.length === 0 ? `nothing on either side from ${from} to ${to}\n` : textTable(header, lines);
  const shown = unread
    .slice(0, MOST_UNREAD_SHOWN)
    .map(({ line, reason }) => `line ${line} was not read: ${reason}\n`);
  const more = unread.length - shown.length;
  return [table, ...shown, more > 0 ? `and ${more} more lines that were not read\n` : ''].join('');
}
