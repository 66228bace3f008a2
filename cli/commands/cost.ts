import type { Command } from 'commander';
import {
  COST_DIMENSIONS,
  type CostAmounts,
  type CostDimension,
  type CostReport,
} from '../../shared/domain/cost-report.ts';
import { formatCredits } from '../../shared/domain/money.ts';
import { firstBatchDay } from '../../shared/pipeline/batches.ts';
import { askCost, type CostVerification, type CostWindow, verifyCost } from '../../shared/pipeline/cost.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Act, CommandContext } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { lookingConfig } from '../looking-config.ts';
import type { StageOptions } from '../stages.ts';
import { textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';
import { withStage } from '../with-stage.ts';

interface CostOptions extends StageOptions {
  readonly from?: string;
  readonly to?: string;
  readonly by: string;
}

/** `pressrun cost`: what was spent, from the roll-ups; `cost verify`: whether these are the sum of the charges. */
export function defineCost(cost: Command, act: Act): void {
  withWindow(cost)
    .option('--by <dimensions>', `any of ${COST_DIMENSIONS.join(', ')}, with commas`, 'day,model')
    .addHelpText('after', HELP)
    .action(
      act(async (context, options: CostOptions) => {
        const by = parseDimensions(options.by);
        return await askStage(context, options, async (effects, window) => {
          const report = await askCost(effects.table, window, by);
          context.out.result(reportText(report), report);
          return EXIT.ok;
        });
      }),
    );
  withWindow(
    cost.command('verify').description('add up all charges again and compare with the roll-ups'),
  ).action(
    act(async (context, options: CostOptions) =>
      askStage(context, options, async (effects, window) => {
        const verification = await verifyCost(effects.table, window);
        context.out.result(verificationText(verification), verification);
        return verification.differences.length === 0 ? EXIT.ok : EXIT.incomplete;
      }),
    ),
  );
}

const HELP = `
Figures are of the ledger: a charge for each call that was, or may have been, billed. waste: calls that brought no
image that is kept. unknown max: the most that calls of unknown outcome may have cost on top.

Examples:
  $ pressrun cost                                   all, by day and model
  $ pressrun cost --by batch --from 2026-11-01 --to 2026-11-30
  $ pressrun cost --by outcome --json
  $ pressrun cost verify                            exit 2 where a roll-up is not the sum of its charges`;

function withWindow(command: Command): Command {
  return command
    .option('--from <day>', 'first day, such as 2026-11-01 (UTC; default: the first there is)')
    .option('--to <day>', 'last day (UTC; default: today)')
    .option('--simulate', 'look at the simulated local stage');
}

async function askStage<Result>(
  context: CommandContext,
  options: CostOptions,
  ask: (effects: Effects, window: CostWindow) => Promise<Result>,
): Promise<Result> {
  const [from, to] = [parseDay('--from', options.from), parseDay('--to', options.to)];
  return await withStage(await lookingConfig(context.out, options), 'look', {}, async ({ runtime }) => {
    const { effects } = runtime;
    const today = new Date(effects.clock.now()).toISOString().slice(0, 10);
    const window = { from: from ?? (await firstBatchDay(effects.table)) ?? to ?? today, to: to ?? today };
    if (window.from > window.to) throw new UsageError(`--from ${window.from} is after --to ${window.to}`);
    return await ask(effects, window);
  });
}

function parseDay(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isDay && new Date(text).toISOString().startsWith(text)) return text;
  throw new UsageError(`${flag} is "${text}"; it must be a day such as 2026-11-21`);
}

function parseDimensions(text: string): CostDimension[] {
  return text.split(',').map((part) => {
    const dimension = COST_DIMENSIONS.find((each) => each === part.trim());
    if (dimension !== undefined) return dimension;
    throw new UsageError(`--by has "${part}"; there are ${COST_DIMENSIONS.join(', ')}`);
  });
}

const AMOUNTS = ['images', 'attempts', 'input', 'text', 'image tokens', 'credits', 'waste', 'unknown max'];

function reportText(report: CostReport): string {
  if (report.rows.length === 0) return `nothing was spent from ${report.from} to ${report.to}`;
  const lines = report.rows.map((row) => [
    ...report.by.map((dimension) => row[dimension] ?? ''),
    ...amountCells(row),
  ]);
  const total = [...report.by.map((_, index) => (index === 0 ? 'total' : '')), ...amountCells(report.total)];
  return textTable([...report.by, ...AMOUNTS], [...lines, total]);
}

function amountCells(amounts: CostAmounts): (string | number)[] {
  const { images, attempts, inputTokens, textTokens, imageTokens } = amounts;
  const money = [amounts.creditsMicro, amounts.wasteMicro, amounts.unknownMaxMicro].map(formatCredits);
  return [images, attempts, inputTokens, textTokens, imageTokens, ...money];
}

function verificationText({ from, to, charges, creditsMicro, differences }: CostVerification): string {
  const sum = `${charges} charges from ${from} to ${to}: ${formatCredits(creditsMicro)} credits`;
  if (differences.length === 0) return `${sum}; every roll-up is the sum of its charges`;
  const lines = differences.map(({ day, model, batch, outcome, rollUp, charges: summed }) => {
    const [ours, theirs] = [rollUp, summed].map((amounts) => formatCredits(amounts.creditsMicro));
    return `  ${day} ${model} ${batch} ${outcome}: roll-up ${ours}, charges ${theirs}`;
  });
  return [`${sum}; ${differences.length} roll-ups differ:`, ...lines].join('\n');
}
