import { creditRate } from '../../shared/domain/configuration/credit-rate.ts';
import { costCsv } from '../../shared/domain/money/cost-csv.ts';
import { type CostFilter, parseCostFilters } from '../../shared/domain/money/cost-filter.ts';
import {
  COST_DIMENSIONS,
  type CostDimension,
  parseDimension,
} from '../../shared/domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../../shared/domain/money/cost-statement.ts';
import type { Reconciliation } from '../../shared/domain/statement/reconciliation.ts';
import { windowOfStatement } from '../../shared/domain/statement/statement-sums.ts';
import { isLongerThanTenYears, parseDay, windowOfLast } from '../../shared/domain/time/calendar.ts';
import { type TimeZone, timeZone, UTC } from '../../shared/domain/time/time-zone.ts';
import { budgetJson } from '../../shared/pipeline/money/budget-json.ts';
import { budgetStatuses } from '../../shared/pipeline/money/budgets.ts';
import { queryCost } from '../../shared/pipeline/money/cost.ts';
import { compareStatement } from '../../shared/pipeline/reconcile/compare-statement.ts';
import { readStatementFile } from '../../shared/pipeline/reconcile/statement-file.ts';
import { reconciliationRequest } from '../api/stage.ts';
import type { DashboardHost } from '../host.ts';
import { Problem } from '../problem.ts';
import type { Api } from './api.ts';
import { readBody } from './read-body.ts';
import type { Route } from './routes.ts';
import { jsonRoute, pageHeaders } from './send.ts';

/** As `reconcile` without `--tolerance`. */
const TOLERANCE_PERCENT = 1;

/** What was spent, what may be, and whether the provider says the same. */
export function moneyRoutes(api: Api): Route[] {
  const { host } = api;
  return [
    jsonRoute('GET', '/api/v1/cost', async ({ url }) => await costOf(host, url)),
    {
      method: 'GET',
      path: '/api/v1/cost.csv',
      answer: async ({ url, response }) => {
        const statement = await costOf(host, url);
        const name = `cost-${statement.from}-${statement.to}.csv`;
        response.writeHead(200, {
          ...pageHeaders('text/csv; charset=utf-8'),
          'content-disposition': `attachment; filename="${name}"`,
          'cache-control': 'no-store',
        });
        for (const part of costCsv(statement)) response.write(part);
        response.end();
      },
    },
    jsonRoute('GET', '/api/v1/budgets', async () => ({
      budgets: (await budgetStatuses(host.effects)).map(budgetJson),
    })),
    jsonRoute('POST', '/api/v1/reconciliations', async ({ request }) => {
      const { file, tz } = await readBody(request, reconciliationRequest);
      return await reconciliationOf(api, file, zoneOf(tz));
    }),
  ];
}

/** The same answer as `reconcile --json`, over the days of the statement. */
async function reconciliationOf(
  { host, uploads }: Api,
  file: string,
  zone: TimeZone,
): Promise<Reconciliation> {
  const { effects } = host;
  const { name, open } = uploads.get(file);
  const statement = await readStatementFile(name, open, {});
  const doThis = 'Name its columns in the terminal.';
  const command = `pressrun reconcile ${name}${host.flag}`;
  if (statement.kind === 'problem') {
    throw new Problem(422, 'no_statement', `${statement.message}.`, { doThis, command });
  }
  const window = windowOfStatement(statement.sums);
  if (window === undefined) throw new Problem(422, 'no_days', `${name} has no days.`, { doThis, command });
  const rate = creditRate(effects);
  if (statement.isUsd && rate.kind === 'several') {
    throw new Problem(422, 'no_rate', `${name} is in dollars, and ${rate.message}.`, { doThis, command });
  }
  const usdPerCredit = rate.kind === 'one' ? rate.usdPerCredit : 1;
  const terms = { window, zone, tolerancePercent: TOLERANCE_PERCENT, usdPerCredit };
  const compared = await compareStatement(effects, [statement], terms);
  if (compared.kind === 'problem') {
    throw new Problem(422, 'not_comparable', `${compared.message}.`, { doThis, command });
  }
  return compared.reconciliation;
}

function zoneOf(name: string | null | undefined): TimeZone {
  const zone = timeZone(name ?? UTC.name);
  if (zone !== undefined) return zone;
  throw new Problem(400, 'bad_zone', 'There is no such time zone.');
}

/** The same question and answer as `cost --json`. */
async function costOf({ effects }: DashboardHost, { searchParams }: URL): Promise<CostStatement> {
  const zone = zoneOf(searchParams.get('tz'));
  const today = zone.dayOf(new Date(effects.clock.now()).toISOString());
  const to = parseDay(searchParams.get('to') ?? today);
  if (to === undefined) throw new Problem(400, 'bad_day', 'to: expected a day such as 2026-11-21.');
  const from =
    parseDay(searchParams.get('from') ?? '') ?? windowOfLast(searchParams.get('last') ?? '7d', to)?.from;
  if (from === undefined || from > to || isLongerThanTenYears({ from, to })) {
    throw new Problem(400, 'bad_window', 'The window must begin before it ends and last at most ten years.');
  }
  const by = dimensionsOf(searchParams.get('by'));
  const where = conditionsOf(searchParams.get('where'));
  return costStatement(await queryCost(effects, { from, to, by, where, zone }));
}

function conditionsOf(text: string | null): readonly CostFilter[] {
  if (text === null || text.trim() === '') return [];
  const filters = parseCostFilters(text);
  if (!('problem' in filters)) return filters;
  throw new Problem(400, 'bad_condition', `Only where: ${filters.problem}.`, {
    doThis: 'Write DIMENSION=VALUE or DIMENSION!=VALUE, such as outcome!=image.',
  });
}

function dimensionsOf(text: string | null): CostDimension[] {
  return (text ?? 'day,model').split(',').map((part) => {
    const dimension = parseDimension(part);
    if (dimension !== undefined) return dimension;
    const known = [...Object.keys(COST_DIMENSIONS), 'tag:NAME'].join(', ');
    throw new Problem(400, 'bad_dimension', `by: expected any of ${known}.`);
  });
}
