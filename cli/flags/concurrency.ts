import type { Config } from '../../shared/runtime/config.ts';
import { isEmbedded } from '../stage-names.ts';
import { UsageError } from '../usage-error.ts';

export interface ConcurrencyFlag {
  readonly concurrency?: string;
}

export const CONCURRENCY = [
  '--concurrency <n>',
  'Calls in progress at a time, 1-500 [16, or PRESSRUN_ITEMS_AT_ONCE]',
] as const;

export const CONCURRENCY_HELP = `
Concurrency: images per minute are 60 × concurrency / seconds per call. At 20 s
per call, 16 give 48, and 200 give 600. Start with 16, and raise it while images
per minute grow. Above the rate limit, calls start at the measured rate.
Each call holds one response in memory (4K: up to 25 MB).`;

const MOST = 500;

/** Throws `UsageError` if it is no valid number. */
export function withConcurrency(config: Config, { concurrency }: ConcurrencyFlag): Config {
  if (concurrency === undefined) return config;
  const itemsAtOnce = Number(concurrency);
  if (/^\d+$/.test(concurrency) && itemsAtOnce >= 1 && itemsAtOnce <= MOST) return { ...config, itemsAtOnce };
  throw new UsageError(`--concurrency is "${concurrency}". Use a whole number from 1 to ${MOST}`);
}

/** A run elsewhere only follows the stage, whose workers have their own concurrency. */
export function refuseConcurrencyElsewhere({ stage }: Config, { concurrency }: ConcurrencyFlag): void {
  if (concurrency === undefined || isEmbedded(stage)) return;
  throw new UsageError(
    `--concurrency is for workers on this machine, and those of stage ${stage} generate the images. Leave it out, ` +
      `or start \`pressrun worker --stage ${stage} --concurrency ${concurrency}\``,
  );
}
