import type { Effects } from '../effects.ts';
import { readBackpressure } from '../rate/backpressure.ts';

/** A model that the fleet may not call faster. */
export interface RateLimit {
  readonly model: string;
  readonly perMinute: number;
}

/** What is pinned for a model, or else what the fleet has learned of it lately. */
export async function rateLimits(effects: Pick<Effects, 'table' | 'clock' | 'models'>): Promise<RateLimit[]> {
  const learnt = await readBackpressure(effects, effects.clock.now());
  return [...effects.models.values()].flatMap(({ model, requestsPerMinute }) => {
    const slowed = learnt.find((each) => each.kind === 'slowed' && each.model === model);
    const perMinute = requestsPerMinute ?? (slowed?.kind === 'slowed' ? slowed.perMinute : undefined);
    return perMinute === undefined || perMinute <= 0 ? [] : [{ model, perMinute }];
  });
}
