import { DEFAULT_PROVIDER, type ModelCatalog, type ModelProfile, modelCatalog } from '../calls/models.ts';
import type { ConfigurationFile, ModelEntry } from './configuration-file.ts';
import { ConfigurationFileError, nameSuggestion } from './problem.ts';
import type { Providers } from './providers.ts';

/** Defaults of a model: the ratios that both built-in models share, and one size (contract §3). */
const USUAL = {
  aspectRatios: ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'],
  imageTokens: { '1K': 1120 },
  referenceTokens: 1120,
} satisfies Partial<ModelProfile>;

/** The built-in models with the file's. Throws `ConfigurationFileError`. */
export function modelsOf(file: ConfigurationFile, providers: Providers): ModelCatalog {
  const models = new Map(modelCatalog());
  const entries = Object.entries(file.models ?? {});
  for (const [name, entry] of entries) {
    models.set(name, profileOf(name, entry, models.get(name), { file, providers }));
  }
  for (const [name, { redirectTo }] of entries)
    if (redirectTo !== undefined) redirect(models, name, redirectTo);
  refuseTwofoldNames(models);
  return models;
}

interface Surroundings {
  readonly file: ConfigurationFile;
  readonly providers: Providers;
}

function profileOf(
  name: string,
  { redirectTo: _, price: __, ...entry }: ModelEntry,
  base: ModelProfile | undefined,
  { file, providers }: Surroundings,
): ModelProfile {
  const provider = providers.get(entry.provider ?? base?.provider ?? onlyProvider(name, file, providers));
  if (provider === undefined) {
    throw new ConfigurationFileError(
      `models.${name}.provider: there is no provider "${entry.provider}"${nameSuggestion(entry.provider ?? '', providers.keys())}`,
    );
  }
  return {
    ...(base ?? {
      ...USUAL,
      model: name,
      sendAs: name,
      aliases: [],
      stream: false,
      dialect: provider.dialect,
    }),
    ...defined(entry),
    provider: provider.name,
  };
}

/** A model must name its provider only if there are several. */
function onlyProvider(name: string, file: ConfigurationFile, providers: Providers): string {
  const own = Object.keys(file.providers ?? {});
  const [only] = own.length === 0 ? [DEFAULT_PROVIDER] : own;
  if (only !== undefined && own.length <= 1) return only;
  throw new ConfigurationFileError(
    `models.${name}: name its provider, one of ${[...providers.keys()].join(', ')}`,
  );
}

/** The old name becomes an alias, so that files and queued items still work. */
function redirect(models: Map<string, ModelProfile>, from: string, to: string): void {
  const target = models.get(to);
  if (target === undefined || to === from) {
    throw new ConfigurationFileError(
      `models.${from}.redirectTo: there is no other model "${to}"${nameSuggestion(to, models.keys())}`,
    );
  }
  const aliases = [...target.aliases, from, ...(models.get(from)?.aliases ?? [])];
  models.delete(from);
  models.set(to, { ...target, aliases: [...new Set(aliases)] });
}

function refuseTwofoldNames(models: ModelCatalog): void {
  const owners = new Map<string, string>();
  for (const { model, aliases } of models.values()) {
    for (const alias of aliases) {
      const other = models.has(alias) ? alias : owners.get(alias);
      if (other !== undefined && other !== model) {
        throw new ConfigurationFileError(`models.${model}.aliases: "${alias}" already names ${other}`);
      }
      owners.set(alias, model);
    }
  }
}

type Defined<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

function defined<Fields extends object>(fields: Fields): Partial<Defined<Fields>>;
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
