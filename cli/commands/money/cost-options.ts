import type { Command } from 'commander';
import { windowBefore } from '../../../shared/domain/money/cost-comparison.ts';
import { COST_FORMATS, type CostFormat, decimalOf } from '../../../shared/domain/money/cost-csv.ts';
import { type CostFilter, parseCostFilters } from '../../../shared/domain/money/cost-filter.ts';
import { COST_ORDERS, type CostOrder, parseCostOrder } from '../../../shared/domain/money/cost-order.ts';
import {
  COST_DIMENSIONS,
  type CostDimension,
  parseDimension,
} from '../../../shared/domain/money/cost-report.ts';
import { FOCUS_BY } from '../../../shared/domain/money/focus.ts';
import { type DayWindow, parseDay } from '../../../shared/domain/time/calendar.ts';
import { UsageError } from '../../usage-error.ts';
import type { WindowOptions } from './cost-window.ts';

export interface CostOptions extends WindowOptions {
  readonly by?: string;
  readonly where?: string;
  readonly sort?: string;
  readonly top?: string;
  readonly compare?: string;
  readonly forecast?: string;
  readonly format?: string;
  readonly csvLocale?: string;
  readonly usdPerCredit?: string;
  readonly tokens?: true;
}

const DIMENSIONS = `${Object.keys(COST_DIMENSIONS).join(', ')}, tag:NAME`;
const DAY_PARTS: readonly CostDimension[] = ['day', 'week', 'month'];

export function addCostOptions(cost: Command): Command {
  return cost
    .option('--by <dimensions>', `Any of ${DIMENSIONS}, with commas [day,model]`)
    .option('--where <conditions>', 'Filter: model=NAME,tag:campaign=spring,outcome!=image')
    .option('--sort <column>', `Sort by ${COST_ORDERS.join(', ')}, or a dimension; -NAME reverses`)
    .option('--top <n>', 'Only the first n lines, by credits unless --sort')
    .option('--compare <window>', 'Compare: previous, or 2026-10-01..2026-10-31')
    .option('--forecast <period>', 'Estimate the day, month, or quarter to its end (UTC)')
    .option('--tokens', 'Show tokens too')
    .option('--format <format>', `${COST_FORMATS.join(', ')} [table]`)
    .option('--csv-locale <language>', 'CSV as spreadsheets of a language read it, such as de')
    .option('--usd-per-credit <rate>', "Rate for ≈ $ [each charge's own]");
}

/** What is asked, apart from its days. Throws `UsageError` on what cannot be answered. */
export function parseCostOptions(options: CostOptions) {
  const format = parseFormat(options);
  const by = parseDimensions(options, format);
  return {
    format,
    by,
    where: parseWhere(options.where),
    order: parseOrder(options, by),
    top: parseTop(options.top),
    rate: parseRate(options.usdPerCredit),
    decimal: parseLocale(options.csvLocale, format),
    compare: parseCompare(options.compare, by, format),
  };
}

function parseFormat({ format, json }: CostOptions): CostFormat {
  if (format === undefined) return json ? 'json' : 'table';
  const known = COST_FORMATS.find((each) => each === format);
  if (known === undefined)
    throw new UsageError(`--format is "${format}"; there are ${COST_FORMATS.join(', ')}`);
  if (json && known !== 'json') throw new UsageError(`--json and --format ${known}: give one of them`);
  return known;
}

function parseDimensions({ by, compare }: CostOptions, format: CostFormat): CostDimension[] {
  const text = by ?? (compare === undefined ? 'day,model' : 'model');
  const asked = text.split(',').map((part) => {
    const dimension = parseDimension(part.trim());
    if (dimension !== undefined) return dimension;
    throw new UsageError(`--by has "${part}"; there are ${DIMENSIONS}`);
  });
  return [...new Set(format === 'focus' ? [...FOCUS_BY, ...asked] : asked)];
}

function parseWhere(text: string | undefined): readonly CostFilter[] {
  if (text === undefined) return [];
  const filters = parseCostFilters(text);
  if (!('problem' in filters)) return filters;
  throw new UsageError(
    `--where: ${filters.problem}; write DIMENSION=VALUE or DIMENSION!=VALUE, where there are ${DIMENSIONS}`,
  );
}

function parseOrder({ sort, top }: CostOptions, by: readonly CostDimension[]): CostOrder | undefined {
  const text = sort ?? (top === undefined ? undefined : 'credits');
  if (text === undefined) return undefined;
  const order = parseCostOrder(text, by);
  if (order !== undefined) return order;
  throw new UsageError(`--sort is "${text}"; there are ${[...COST_ORDERS, ...by].join(', ')}`);
}

function parseTop(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new UsageError(`--top is "${text}"; it must be a number of lines, such as 10`);
}

function parseRate(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,12})?$/.test(text) && Number(text) > 0) return Number(text);
  throw new UsageError(`--usd-per-credit is "${text}"; it must be a number above 0, such as 0.001`);
}

function parseLocale(text: string | undefined, format: CostFormat) {
  if (text === undefined) return '.';
  if (format !== 'csv') throw new UsageError('--csv-locale goes with --format csv');
  const decimal = decimalOf(text);
  if (decimal !== undefined) return decimal;
  throw new UsageError(`--csv-locale is "${text}"; it must be a language such as de or en-US`);
}

/** Gives the window that the asked one is compared with. */
function parseCompare(
  text: string | undefined,
  by: readonly CostDimension[],
  format: CostFormat,
): ((asked: DayWindow) => DayWindow) | undefined {
  if (text === undefined) return undefined;
  if (format !== 'table' && format !== 'json') throw new UsageError('--compare is a table or JSON');
  const days = by.find((dimension) => DAY_PARTS.includes(dimension));
  if (days !== undefined) {
    throw new UsageError(`--compare: leave out "${days}" of --by; no ${days} is in both windows`);
  }
  if (text === 'previous') return windowBefore;
  const [from, to] = text.split('..').map((day) => parseDay(day));
  if (from !== undefined && to !== undefined && from <= to) return () => ({ from, to });
  throw new UsageError(`--compare is "${text}"; it must be previous, or days such as 2026-10-01..2026-10-31`);
}
