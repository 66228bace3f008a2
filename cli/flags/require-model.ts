import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { findModel } from '../../shared/domain/calls/models.ts';
import { near } from '../../shared/domain/configuration/problem.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Stops before anything is made where the batch's model is not one that is known. */
export function requireModel({ models }: Pick<Config, 'models'>, { settings }: BatchOptions): void {
  if (findModel(models, settings.model) !== undefined) return;
  throw new UsageError(
    `--model: unknown model "${settings.model}"${near(settings.model, models.keys())}. To add one, see "models" in pressrun.config.json.`,
  );
}
