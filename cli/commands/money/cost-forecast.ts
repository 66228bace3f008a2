import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import {
  FORECAST_PERIODS,
  type Forecast,
  type ForecastPeriod,
} from '../../../shared/domain/money/forecast.ts';
import { creditsText, dollarsText, rateText } from '../../../shared/domain/money/money-text.ts';
import { forecastCost } from '../../../shared/pipeline/plan/forecast.ts';
import type { CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';
import { queryStage, type WindowOptions } from './cost-window.ts';

/** Answers `cost --forecast` and `budget forecast`. */
export async function sendForecast(
  context: CommandContext,
  options: WindowOptions,
  period: ForecastPeriod,
): Promise<ExitCode> {
  return await queryStage(context, options, async ({ effects, config }) => {
    const forecast = await forecastCost(effects, period);
    const rate = creditRate(config);
    const usdPerCredit = rate.kind === 'one' ? rate.usdPerCredit : undefined;
    const text = `${forecastText(forecast, usdPerCredit)}${rateText(rate)}`;
    context.out.result(text, { ...forecast, usdPerCredit: usdPerCredit ?? null });
    return EXIT.ok;
  });
}

export function parseForecastPeriod(text: string): ForecastPeriod {
  const period = FORECAST_PERIODS.find((each) => each === text);
  if (period !== undefined) return period;
  throw new UsageError(`--forecast is "${text}"; there are ${FORECAST_PERIODS.join(', ')}`);
}

function forecastText(forecast: Forecast, usdPerCredit: number | undefined): string {
  const { from, to, spent, queued, scheduled, usual, total } = forecast;
  const parts = [
    ['spent so far', spent],
    [`queued: ${queued.items} images${unpriced(queued.unpriced)}`, queued],
    [`schedules: ${scheduled.runs} runs${unpriced(scheduled.unpriced)}`, scheduled],
    [usualText(usual.measuredDays), usual],
    ['total', total],
  ] as const;
  const dollars = (micro: number) =>
    usdPerCredit === undefined ? [] : [dollarsText(micro, usdPerCredit).slice('≈ $'.length)];
  const rows = parts.map(([what, { lowMicro, expectedMicro, highMicro }]) => [
    what,
    creditsText(lowMicro),
    creditsText(expectedMicro),
    creditsText(highMicro),
    ...dollars(expectedMicro),
  ]);
  const header = ['credits', 'low', 'expected', 'high', ...(usdPerCredit === undefined ? [] : ['≈ $'])];
  const days = from === to ? from : `${from} to ${to}`;
  return `${days}, in UTC\n${textTable(header, rows)}${forecast.budgets.map(budgetLine).join('')}`;
}

function usualText(days: number): string {
  if (days === 0) return 'else: not known on the first day';
  return `else, as in the last ${days === 1 ? 'day' : `${days} days`}`;
}

function unpriced(count: number): string {
  return count === 0 ? '' : ` (${count} without a known price)`;
}

function budgetLine({
  scope,
  limitMicro,
  spentMicro,
  dailyMicro,
  reachedOn,
}: Forecast['budgets'][number]): string {
  const spent = `${creditsText(spentMicro)} of ${creditsText(limitMicro)} credits spent`;
  const when = reachedOn === null ? 'not reached' : `reached on ${reachedOn}`;
  return `budget ${scope}: ${spent}, ${creditsText(dailyMicro)} a day: ${when}\n`;
}
