import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Stops before anything is made where there is no key to make it with. */
export function requireKey(config: Config, simulated: boolean): void {
  if (simulated || config.apiKey !== undefined) return;
  throw new UsageError(
    'no key: set CORE_TODAY_API_KEY to your key of api.core.today, or try it out with --simulate (nothing is sent or paid)',
  );
}
