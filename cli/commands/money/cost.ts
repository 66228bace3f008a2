import type { Command } from 'commander';
import { COST_FORMATS, type CostFormat, costCsv, focusCsv } from '../../../shared/domain/money/cost-csv.ts';
import {
  COST_DIMENSIONS,
  type CostDimension,
  parseDimension,
} from '../../../shared/domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../../../shared/domain/money/cost-statement.ts';
import { FOCUS_BY } from '../../../shared/domain/money/focus.ts';
import type { Price, PriceList } from '../../../shared/domain/money/prices.ts';
import { askCost, spentWindow, verifyCost } from '../../../shared/pipeline/money/cost.ts';
import { recomputeCost } from '../../../shared/pipeline/money/recompute-cost.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { costText, nothingSpent, recomputationText, verificationText } from '../../text/cost-text.ts';
import { UsageError } from '../../usage-error.ts';
import { askStage, type WindowOptions, withWindow, withZone } from './cost-window.ts';

interface CostOptions extends WindowOptions {
  readonly by: string;
  readonly format?: string;
  readonly usdPerCredit?: string;
}

const DIMENSIONS = `${Object.keys(COST_DIMENSIONS).join(', ')}, tag:NAME`;

/** `pressrun cost`: what was spent; `cost verify`: whether the roll-ups are the sum of the charges. */
export function defineCost(cost: Command, act: Act): void {
  withZone(withWindow(cost))
    .option('--by <dimensions>', `any of ${DIMENSIONS}, with commas`, 'day,model')
    .option('--format <format>', `${COST_FORMATS.join(', ')} (default: table)`)
    .option('--usd-per-credit <rate>', "another rate than the charges', for the ≈ $ alone")
    .addHelpText('after', HELP)
    .action(
      act(async (context, options: CostOptions) => {
        const format = parseFormat(options);
        const by = parseDimensions(options.by, format);
        const rate = parseRate(options.usdPerCredit);
        return await askStage(context, options, async ({ effects, config, window, zone }) => {
          if (format === 'focus' && !zone.isUtc) {
            throw new UsageError('--format focus has its days in UTC: leave out --tz');
          }
          const report = await askCost(effects, { ...window, by, zone });
          const statement = costStatement(report, rate);
          if (statement.rows.length === 0 && format !== 'table') context.out.say(nothingSpent(statement));
          context.out.result(textOf(statement, format, config.stage), statement);
          return EXIT.ok;
        });
      }),
    );
  defineVerify(cost, act);
  defineRecompute(cost, act);
}

const HELP = `
Figures are of the ledger: a charge for each call that was, or may have been, billed. waste: calls that brought no
image that is kept. unknown max: the most that calls of unknown outcome may have cost on top.
Days in UTC are answered from roll-ups at once; days of another zone, basis, schedule and tag:NAME from the charges,
one by one.

Examples:
  $ pressrun cost                                   all, by day and model
  $ pressrun cost --last 7d --tz Europe/Berlin      a week of days in Berlin
  $ pressrun cost --by month,tag:campaign --format csv
  $ pressrun cost --by schedule                     what each schedule cost; (none): batches of no schedule
  $ pressrun cost --by outcome --json
  $ pressrun cost recompute --price pro-half        what Pro would have cost at the other price
  $ pressrun cost verify                            exit 2 where a roll-up is not the sum of its charges`;

function defineVerify(cost: Command, act: Act): void {
  withWindow(
    cost.command('verify').description('add up all charges again and compare with the roll-ups'),
  ).action(
    act(async (context, options: WindowOptions) =>
      askStage(context, { ...options, tz: 'UTC' }, async ({ effects, window, zone }) => {
        const spent = await spentWindow(effects, window, zone);
        const verification = { ...(await verifyCost(effects.table, spent)), ...window };
        context.out.result(verificationText(verification), verification);
        return verification.differences.length === 0 ? EXIT.ok : EXIT.incomplete;
      }),
    ),
  );
}

function defineRecompute(cost: Command, act: Act): void {
  withWindow(
    cost.command('recompute').description('what the charges would cost at another price; writes nothing'),
  )
    .requiredOption('--price <name>', 'a price of the list, by its name in `pressrun prices`')
    .action(
      act(async (context, options: WindowOptions & { readonly price: string }) =>
        askStage(context, { ...options, tz: 'UTC' }, async ({ effects, window, zone }) => {
          const price = priceNamed(effects.prices, options.price);
          const spent = await spentWindow(effects, window, zone);
          const recomputation = { ...(await recomputeCost(effects.table, spent, price)), ...window };
          context.out.result(recomputationText(recomputation), recomputation);
          return EXIT.ok;
        }),
      ),
    );
}

function priceNamed({ prices }: PriceList, name: string): Price {
  const price = prices.find((each) => each.name === name);
  if (price !== undefined) return price;
  throw new UsageError(
    `--price: no price is called "${name}"; there are ${prices.map((each) => each.name).join(', ')}`,
  );
}

function parseFormat({ format, json }: CostOptions): CostFormat {
  if (format === undefined) return json ? 'json' : 'table';
  const known = COST_FORMATS.find((each) => each === format);
  if (known === undefined)
    throw new UsageError(`--format is "${format}"; there are ${COST_FORMATS.join(', ')}`);
  if (json && known !== 'json') throw new UsageError(`--json and --format ${known}: give one of them`);
  return known;
}

function parseDimensions(text: string, format: CostFormat): CostDimension[] {
  const asked = text.split(',').map((part) => {
    const dimension = parseDimension(part.trim());
    if (dimension !== undefined) return dimension;
    throw new UsageError(`--by has "${part}"; there are ${DIMENSIONS}`);
  });
  return [...new Set(format === 'focus' ? [...FOCUS_BY, ...asked] : asked)];
}

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--usd-per-credit is "${text}"; it must be a number above 0, such as 0.001`);
}

function textOf(statement: CostStatement, format: CostFormat, stage: string): string {
  switch (format) {
    case 'table':
      return costText(statement);
    case 'csv':
      return costCsv(statement);
    case 'focus':
      return focusCsv(statement, stage);
    case 'json':
      return JSON.stringify(statement);
  }
}
