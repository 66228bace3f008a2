import { parseConfiguration } from '../domain/configuration/configuration.ts';
import { type Config, type ConfigOverrides, ENVIRONMENT, type Environment, readConfig } from './config.ts';
import { type FoundConfiguration, findConfiguration } from './find-configuration.ts';

export interface LoadOptions extends ConfigOverrides {
  /** Default: the nearest `pressrun.config.json` upwards. */
  readonly config?: string | undefined;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly found: FoundConfiguration | undefined;
}

/** Reads configuration file, the `.env` beside it (keys only), and environment. Throws `ConfigError`. */
export function loadConfig(
  { config: path, ...overrides }: LoadOptions,
  env: Environment = ENVIRONMENT,
  folder: string = process.cwd(),
): LoadedConfig {
  const found = findConfiguration(folder, path ?? (env.PRESSRUN_CONFIG || undefined));
  if (found === undefined) return { config: readConfig(overrides, env, parseConfiguration({})), found };
  const { configuration, variables } = found;
  const keys = [...configuration.providers.values()].flatMap(({ keyVariable }) => keyVariable ?? []);
  const fromFile = Object.fromEntries(keys.map((name) => [name, env[name] || variables[name]]));
  return { config: readConfig(overrides, { ...env, ...fromFile }, configuration), found };
}
