import { randomUUID } from 'node:crypto';
import { late } from '../aws/late.ts';
import { MAX_REFERENCE_BYTES } from '../domain/calls/models.ts';
import { parseAttemptId } from '../domain/ids.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Config } from './config.ts';
import { createLender } from './memory/answer-memory.ts';

/** A slow page must not hold up a file. */
const REFERENCE_TIMEOUT_MS = 30_000;

/** What differs between AWS, one machine and tests. */
type EffectParts = Pick<
  Effects,
  'table' | 'store' | 'workQueue' | 'ingestQueue' | 'provider' | 'clock' | 'log'
> &
  Partial<Pick<Effects, 'notify'>>;

export function createEffects(config: Config, parts: EffectParts): Effects {
  const fetchLink = late(async () => {
    const { createLinkFetch } = await import('../provider/http/image-link.ts');
    return createLinkFetch({
      hosts: config.referenceHosts,
      maxBytes: MAX_REFERENCE_BYTES,
      timeoutMs: REFERENCE_TIMEOUT_MS,
      proxies: config.proxies,
    });
  });
  return {
    fetchReference: async (...link) => await (await fetchLink())(...link),
    lendMemory: createLender(config.answerMemoryBytes),
    referencePrefixes: config.referencePrefixes,
    random: Math.random,
    newAttemptId,
    models: config.models,
    providers: config.providers,
    defaultModel: config.defaultModel,
    prices: config.prices,
    unknownOutcomes: config.unknownOutcomes,
    notify: () => undefined,
    ...parts,
  };
}

function newAttemptId() {
  const id = parseAttemptId(randomUUID());
  if (id === undefined) throw new Error('a UUID is always an attempt id');
  return id;
}
