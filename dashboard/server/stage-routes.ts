import { imageSizesOf } from '../../shared/domain/calls/models.ts';
import { usdPerCreditOf } from '../../shared/domain/configuration/credit-rate.ts';
import { costCsv } from '../../shared/domain/money/cost-csv.ts';
import {
  COST_DIMENSIONS,
  type CostDimension,
  parseDimension,
} from '../../shared/domain/money/cost-report.ts';
import { type CostStatement, costStatement } from '../../shared/domain/money/cost-statement.ts';
import { isLongerThanTenYears, parseDay, windowOfLast } from '../../shared/domain/time/calendar.ts';
import { timeZone, UTC } from '../../shared/domain/time/time-zone.ts';
import { budgetJson } from '../../shared/pipeline/money/budget-json.ts';
import { budgetStatuses } from '../../shared/pipeline/money/budgets.ts';
import { queryCost } from '../../shared/pipeline/money/cost.ts';
import type { StageInfo } from '../api/stage.ts';
import { listProviders } from '../data/providers.ts';
import { controlSchedule, schedulesOf } from '../data/schedules.ts';
import type { DashboardHost } from '../host.ts';
import { notFound, Problem } from '../problem.ts';
import type { Api } from './api.ts';
import type { Call, Route } from './routes.ts';
import { apiSchema } from './schema.ts';
import { pageHeaders, sendJson } from './send.ts';

const HOUR_MS = 3_600_000;

/** The stage, what was spent in it, its provider and its schedules. */
export function stageRoutes({ host }: Api): Route[] {
  const get = (path: string, value: (call: Call) => Promise<unknown>): Route => ({
    method: 'GET',
    path,
    answer: async (call) => await sendJson(call.request, call.response, await value(call)),
  });
  return [
    get('/api/v1', async () => apiSchema()),
    get('/api/v1/stage', async () => stageInfo(host)),
    get('/api/v1/cost', async ({ url }) => await costOf(host, url)),
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
        response.end(costCsv(statement));
      },
    },
    get('/api/v1/budgets', async () => ({ budgets: (await budgetStatuses(host.effects)).map(budgetJson) })),
    get('/api/v1/providers', async ({ url }) => {
      const hours = url.searchParams.get('last') === '1d' ? 24 : 1;
      return await listProviders(host, host.effects.clock.now() - hours * HOUR_MS);
    }),
    get('/api/v1/schedules', async () => await schedulesOf(host)),
    ...(['run', 'pause', 'resume'] as const).map(
      (action): Route => ({
        method: 'POST',
        path: `/api/v1/schedules/:name/${action}`,
        answer: async ({ request, response, at }) => {
          if (at.name === undefined) throw notFound('There is no such schedule.');
          await sendJson(request, response, await controlSchedule(host, at.name, action));
        },
      }),
    ),
  ];
}

function stageInfo(host: DashboardHost): StageInfo {
  const { effects, stage, region, isLocal, isSimulated, flag, user, version } = host;
  return {
    stage,
    region: region ?? null,
    simulated: isSimulated,
    local: isLocal,
    user,
    version,
    usdPerCredit: usdPerCreditOf(effects) ?? null,
    flag,
    models: [...effects.models.values()].map((profile) => ({
      model: profile.model,
      aspectRatios: [...profile.aspectRatios],
      imageSizes: imageSizesOf(profile),
    })),
  };
}

/** The same question and answer as `cost --json`. */
async function costOf({ effects }: DashboardHost, { searchParams }: URL): Promise<CostStatement> {
  const zone = timeZone(searchParams.get('tz') ?? UTC.name);
  if (zone === undefined) throw new Problem(400, 'bad_zone', 'There is no such time zone.');
  const today = zone.dayOf(new Date(effects.clock.now()).toISOString());
  const to = parseDay(searchParams.get('to') ?? today);
  if (to === undefined) throw new Problem(400, 'bad_day', 'to: expected a day such as 2026-11-21.');
  const from =
    parseDay(searchParams.get('from') ?? '') ?? windowOfLast(searchParams.get('last') ?? '7d', to)?.from;
  if (from === undefined || from > to || isLongerThanTenYears({ from, to })) {
    throw new Problem(400, 'bad_window', 'The window must begin before it ends and last at most ten years.');
  }
  const report = await queryCost(effects, { from, to, by: dimensionsOf(searchParams.get('by')), zone });
  return costStatement(report);
}

function dimensionsOf(text: string | null): CostDimension[] {
  return (text ?? 'day,model').split(',').map((part) => {
    const dimension = parseDimension(part);
    if (dimension !== undefined) return dimension;
    const known = [...Object.keys(COST_DIMENSIONS), 'tag:NAME'].join(', ');
    throw new Problem(400, 'bad_dimension', `by: expected any of ${known}.`);
  });
}
