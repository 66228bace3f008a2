import * as z from 'zod/mini';
import { DEFAULT_MODEL, findModel, type ModelCatalog } from '../calls/models.ts';
import type { PriceList } from '../money/prices.ts';
import { type ConfigurationFile, configurationFile } from './configuration-file.ts';
import { firstProblem } from './first-problem.ts';
import { modelsOf } from './models-of-file.ts';
import { pricesOf } from './prices-of-file.ts';
import { ConfigurationFileError, nameSuggestion } from './problem.ts';
import { type Providers, providersOf } from './providers.ts';

/** A configuration file over the built-in values. */
export interface Configuration {
  readonly file: ConfigurationFile;
  readonly providers: Providers;
  readonly models: ModelCatalog;
  readonly defaultModel: string;
  readonly prices: PriceList;
}

/** Checks a configuration (parsed JSON). Throws `ConfigurationFileError`. */
export function parseConfiguration(json: unknown): Configuration {
  const parsed = z.safeParse(configurationFile, json);
  if (!parsed.success)
    throw new ConfigurationFileError(firstProblem(configurationFile, parsed.error.issues, json));
  const file = parsed.data;
  const providers = providersOf(file);
  const models = modelsOf(file, providers);
  const defaultModel = defaultOf(file, models);
  return { file, providers, models, defaultModel, prices: pricesOf(file, models, providers) };
}

/** A redirected built-in model stays the default, by its successor's name. */
function defaultOf({ defaults }: ConfigurationFile, models: ModelCatalog): string {
  const name = defaults?.model ?? DEFAULT_MODEL;
  const profile = findModel(models, name);
  if (profile !== undefined) return profile.model;
  throw new ConfigurationFileError(
    `defaults.model: there is no model "${name}"${nameSuggestion(name, models.keys())}`,
  );
}
