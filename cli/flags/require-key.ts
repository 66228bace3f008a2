import { findModel } from '../../shared/domain/calls/models.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Throws if a model's provider (the batch's, or any) has no key. */
export function requireKey({ providers, keys, models }: Config, simulated: boolean, model?: string): void {
  if (simulated) return;
  const served = model === undefined ? [...models.values()] : [findModel(models, model)];
  const missing = served.map((profile) => {
    const provider = profile === undefined ? undefined : providers.get(profile.provider);
    return provider === undefined || keys.has(provider.name) ? undefined : provider.keyVariable;
  });
  if (missing.some((variable) => variable === undefined)) return;
  throw new UsageError(
    `no key: ${missing[0]} is not set. Set it to your API key, or try --simulate (free, no key).`,
  );
}
