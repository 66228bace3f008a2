import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { findModel } from '../../shared/domain/calls/models.ts';
import { nameSuggestion } from '../../shared/domain/configuration/problem.ts';
import { checkAgainstModel } from '../../shared/domain/prompt-file/row/settings.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';

/** Throws if the batch's model is unknown or doesn't support its flags. */
export function requireModel({ models }: Pick<Config, 'models'>, { settings }: BatchOptions): void {
  const profile = findModel(models, settings.model);
  const wrong = profile && checkAgainstModel({ ...settings, model: profile.model }, models);
  if (wrong !== undefined)
    throw new UsageError(`--${(wrong.column ?? '').replaceAll('_', '-')}: ${wrong.reason}`);
  if (profile !== undefined) return;
  throw new UsageError(
    `--model: unknown model "${settings.model}"${nameSuggestion(settings.model, models.keys())}. To add one, see "models" in pressrun.config.json.`,
  );
}
