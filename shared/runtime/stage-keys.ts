import type { ReadKey } from '../aws/secret.ts';
import { DEFAULT_PROVIDER } from '../domain/calls/models.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { Config } from './config.ts';
import { createKeyReader } from './key-reader.ts';
import type { KeyOf } from './providers.ts';

/** A caching reader for each place. The stage's own place is the built-in provider's. */
export function stageKeys(readKey: ReadKey, clock: Clock, { keySecret }: Pick<Config, 'keySecret'>): KeyOf {
  if (keySecret === undefined) throw new Error('PRESSRUN_KEY_SECRET is not set: deploy the stack again');
  const readers = new Map<string, () => Promise<string>>();
  return async (provider) => {
    if (provider.keyVariable === undefined && provider.keySecret === undefined) return undefined;
    const place = provider.keySecret ?? (provider.name === DEFAULT_PROVIDER ? keySecret : undefined);
    if (place === undefined)
      throw new Error(`no key: name providers.${provider.name}.keySecret and deploy again`);
    const read = () => readKey(place);
    const reader = readers.get(place) ?? createKeyReader({ read, clock, random: Math.random });
    readers.set(place, reader);
    return await reader();
  };
}
