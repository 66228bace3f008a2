import { createHash } from 'node:crypto';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { oneLine } from '../text/one-line.ts';
import { UsageError } from '../usage-error.ts';

/** Stops a deployed stage's worker if no key can be read, since all its calls would fail; says which of several can't. */
export async function requireStageKeys(config: Config, say: (line: string) => void): Promise<void> {
  const { problems, providers } = await readStageKeys(config);
  if (problems.length === providers.length) {
    throw new UsageError(`no key of stage ${config.stage} can be read here: ${problems[0]}`);
  }
  for (const problem of problems) say(`its models wait: ${problem}`);
}

interface StageKeys {
  /** Of the stage's models. */
  readonly providers: readonly string[];
  /** Those with readable keys, and a fingerprint of each. */
  readonly prints: readonly string[];
  /** Why others can't be read. */
  readonly problems: readonly string[];
}

/** A deployed stage's keys, as far as readable here. */
export async function readStageKeys(config: Config): Promise<StageKeys> {
  const [{ keyStores }, { stageKeys }] = await Promise.all([
    import('../../shared/aws/secret.ts'),
    import('../../shared/runtime/stage-keys.ts'),
  ]);
  const keyOf = stageKeys(keyStores({ region: config.region }), systemClock(), config);
  const providers = [...new Set([...config.models.values()].map(({ provider }) => provider))];
  const prints: string[] = [];
  const problems: string[] = [];
  for (const provider of config.providers.values()) {
    if (!providers.includes(provider.name)) continue;
    try {
      const key = await keyOf(provider);
      prints.push(key === undefined ? `${provider.name} (takes none)` : `${provider.name} (${printOf(key)})`);
    } catch (error) {
      problems.push(`${provider.name}: ${oneLine(error)}`);
    }
  }
  return { providers, prints, problems };
}

function printOf(key: string): string {
  return `sha256 ${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
}
