import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Stops before anything is made where the batch's model is not one that is known. */
export function requireModel({ models }: Pick<Config, 'models'>, { settings }: BatchOptions): void {
  if (models.has(settings.model)) return;
  throw new UsageError(
    `--model: there is no model "${settings.model}"; there are ${[...models.keys()].join(', ')}`,
  );
}
