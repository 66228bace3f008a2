import { imageSizesOf } from '../../shared/domain/calls/models.ts';
import { usdPerCreditOf } from '../../shared/domain/configuration/credit-rate.ts';
import type { StageInfo } from '../api/stage.ts';
import { listProviders } from '../data/providers.ts';
import { controlSchedule, schedulesOf } from '../data/schedules.ts';
import type { DashboardHost } from '../host.ts';
import { notFound } from '../problem.ts';
import type { Api } from './api.ts';
import type { Route } from './routes.ts';
import { apiSchema } from './schema.ts';
import { jsonRoute } from './send.ts';

const HOUR_MS = 3_600_000;

/** The stage, its provider and its schedules. */
export function stageRoutes({ host }: Api): Route[] {
  return [
    jsonRoute('GET', '/api/v1', async () => apiSchema()),
    jsonRoute('GET', '/api/v1/stage', async () => stageInfo(host)),
    jsonRoute('GET', '/api/v1/providers', async ({ url }) => {
      const hours = url.searchParams.get('last') === '1d' ? 24 : 1;
      return await listProviders(host, host.effects.clock.now() - hours * HOUR_MS);
    }),
    jsonRoute('GET', '/api/v1/schedules', async () => await schedulesOf(host)),
    ...(['run', 'pause', 'resume'] as const).map((action) =>
      jsonRoute('POST', `/api/v1/schedules/:name/${action}`, async ({ at }) => {
        if (at.name === undefined) throw notFound('There is no such schedule.');
        return await controlSchedule(host, at.name, action);
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
