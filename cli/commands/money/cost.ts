import type { Command } from 'commander';
import { compareCosts } from '../../../shared/domain/money/cost-comparison.ts';
import { type CsvText, costCsv, focusCsv } from '../../../shared/domain/money/cost-csv.ts';
import { ordered, topOf } from '../../../shared/domain/money/cost-order.ts';
import { type CostStatement, costStatement } from '../../../shared/domain/money/cost-statement.ts';
import type { Price, PriceList } from '../../../shared/domain/money/prices.ts';
import type { DayWindow } from '../../../shared/domain/time/calendar.ts';
import { queryCost, spentWindow, verifyCost } from '../../../shared/pipeline/money/cost.ts';
import { recomputeCost } from '../../../shared/pipeline/money/recompute-cost.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import {
  comparisonText,
  costReportText,
  nothingSpent,
  recomputationText,
  verificationText,
} from '../../text/cost-text.ts';
import { UsageError } from '../../usage-error.ts';
import { defineExplain } from './cost-explain.ts';
import { parseForecastPeriod, sendForecast } from './cost-forecast.ts';
import { addCostOptions, type CostOptions, parseCostOptions } from './cost-options.ts';
import { queryStage, type WindowOptions, withWindow, withZone } from './cost-window.ts';

/** `pressrun cost`: what was spent; `cost verify`: whether the roll-ups are the sum of the charges. */
export function defineCost(cost: Command, act: Act): void {
  addCostOptions(withZone(withWindow(addHelp(cost, HELP)))).action(
    act(async (context, options: CostOptions) => {
      if (options.forecast !== undefined) {
        return await sendForecast(context, options, parseForecastPeriod(options.forecast));
      }
      const { compare, ...asked } = parseCostOptions(options);
      return await queryStage(context, options, async ({ effects, config, window, zone }) => {
        if (asked.format === 'focus' && !zone.isUtc) {
          throw new UsageError('--format focus has its days in UTC: leave out --tz');
        }
        const ask = async (days: DayWindow) =>
          costStatement(await queryCost(effects, { ...days, ...asked, zone }), asked.rate);
        const statement = await ask(window);
        if (compare !== undefined) {
          const comparison = compareCosts(statement, await ask(compare(window)));
          context.out.result(comparisonText(comparison), comparison);
          return EXIT.ok;
        }
        const shown = inOrder(statement, asked);
        if (shown.rows.length === 0 && asked.format !== 'table') context.out.say(nothingSpent(shown));
        context.out.result(
          context.out.json ? '' : textOf(shown, asked, config.stage, options.tokens === true),
          shown,
        );
        return EXIT.ok;
      });
    }),
  );
  defineExplain(cost, act);
  defineVerify(cost, act);
  defineRecompute(cost, act);
}

const HELP = {
  examples: `  $ pressrun cost                                  all, by day and model
  $ pressrun cost --last 7d --tz Europe/Berlin
  $ pressrun cost --by month,tag:campaign --format csv
  $ pressrun cost --where outcome!=image --top 10 --by batch
  $ pressrun cost --last 1m --compare previous --by user
  $ pressrun cost --forecast month                 to the end of the month
  $ pressrun cost explain latest 12                one row in detail
  $ pressrun cost recompute --price pro-half       at another price
  $ pressrun cost verify                           check all totals`,
  notes: `The ledger has one charge for each call that was, or may have been, billed.
waste: calls without an image that was kept. unknown max: the maximum that calls
without a response may cost in addition. user: who submitted the batch.
UTC days come from roll-ups, at once; days of other zones, price, size, user,
basis, schedule, and tag:NAME from the charges, one by one.

Exit codes: 0 · with verify: 2 if a total isn't the sum of its charges.`,
};

function defineVerify(cost: Command, act: Act): void {
  withWindow(cost.command('verify').description('Check that all totals are the sum of their charges')).action(
    act(async (context, options: WindowOptions) =>
      queryStage(context, { ...options, tz: 'UTC' }, async ({ effects, window, zone }) => {
        const spent = await spentWindow(effects, window, zone);
        const verification = { ...(await verifyCost(effects.table, spent)), ...window };
        context.out.result(verificationText(verification), verification);
        return verification.differences.length === 0 ? EXIT.ok : EXIT.incomplete;
      }),
    ),
  );
}

function defineRecompute(cost: Command, act: Act): void {
  withWindow(cost.command('recompute').description('Show what the charges would cost at another price'))
    .requiredOption('--price <name>', 'Name of a price in `pressrun prices`')
    .action(
      act(async (context, options: WindowOptions & { readonly price: string }) =>
        queryStage(context, { ...options, tz: 'UTC' }, async ({ effects, window, zone }) => {
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

function inOrder(
  statement: CostStatement,
  { order, top }: Pick<ReturnType<typeof parseCostOptions>, 'order' | 'top'>,
): CostStatement {
  const sorted = order === undefined ? statement : ordered(statement, order);
  return top === undefined ? sorted : topOf(sorted, top);
}

function textOf(
  statement: CostStatement,
  { format, decimal }: Pick<ReturnType<typeof parseCostOptions>, 'format' | 'decimal'>,
  stage: string,
  withTokens: boolean,
): string | CsvText {
  switch (format) {
    case 'table':
      return costReportText(statement, withTokens);
    case 'csv':
      return costCsv(statement, decimal);
    case 'focus':
      return focusCsv(statement, stage);
    case 'json':
      return JSON.stringify(statement);
  }
}
