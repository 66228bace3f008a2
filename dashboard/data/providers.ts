import { isOpen } from '../../shared/domain/calls/breaker.ts';
import { readBackpressure } from '../../shared/pipeline/rate/backpressure.ts';
import { readCallMinutes } from '../../shared/pipeline/rate/call-minutes.ts';
import { readPauses } from '../../shared/pipeline/rate/provider-pauses.ts';
import { rowToState, stateKey } from '../../shared/pipeline/rows/provider-state-row.ts';
import type { ProviderList } from '../api/stage.ts';
import type { DashboardHost } from '../host.ts';

/** What is known of each model of the provider: rate limit, breaker, pauses, and its calls by the minute. */
export async function listProviders({ effects }: DashboardHost, sinceMs: number): Promise<ProviderList> {
  const nowMs = effects.clock.now();
  const backpressure = await readBackpressure(effects, nowMs);
  const pauses = await readPauses(effects, effects.models.keys());
  const models = await Promise.all(
    [...effects.models.keys()].map(async (model) => {
      const slowed = backpressure.find((each) => each.kind === 'slowed' && each.model === model);
      return {
        model,
        perMinute: slowed?.kind === 'slowed' ? slowed.perMinute : null,
        by: slowed?.kind === 'slowed' ? slowed.by : null,
        breaker: await breakerOf(effects, model),
        pauses: pauses
          .filter((pause) => pause.model === model || pause.model === '*')
          .map(({ code, message, hint, since }) => ({ code, message, hint, since })),
        minutes: await readCallMinutes(effects.table, model, sinceMs),
      };
    }),
  );
  return { models };
}

async function breakerOf(
  { table }: DashboardHost['effects'],
  model: string,
): Promise<ProviderList['models'][number]['breaker']> {
  const row = await table.get(stateKey(model));
  if (row === undefined) return null;
  const { breaker } = rowToState(row).state;
  if (!isOpen(breaker) || breaker.openSinceMs === undefined) return null;
  return {
    since: new Date(breaker.openSinceMs).toISOString(),
    probes: breaker.probes,
    nextProbeAt: new Date(breaker.nextProbeAtMs).toISOString(),
  };
}
