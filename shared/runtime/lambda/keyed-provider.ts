import { keyStores } from '../../aws/secret.ts';
import type { Clock } from '../../pipeline/ports.ts';
import type { Provider } from '../../provider/types.ts';
import type { Config } from '../config.ts';
import { createProviders } from '../providers.ts';
import { stageKeys } from '../stage-keys.ts';

/** The configured providers with AWS's keys. Throws if the stage's own key has no place. */
export function keyedProvider(clock: Clock, config: Config): Provider {
  return createProviders(config, clock, { keyOf: stageKeys(keyStores(), clock, config) });
}
