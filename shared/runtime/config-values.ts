import { imageSizesOf } from '../domain/calls/models.ts';
import { priceOn } from '../domain/money/prices.ts';
import { shownAddress } from '../provider/http/shown-address.ts';
import { ENVIRONMENT, type Environment } from './config.ts';
import type { LoadedConfig, LoadOptions } from './load-config.ts';

/** A value in effect and its source. Never a key: only whether there is one. */
interface ConfigValue {
  readonly name: string;
  readonly value: string;
  /** `default`, `file`, an environment variable or a flag. */
  readonly from: string;
}

/** All values in effect, in the configuration file's order. `day` is for prices. */
export function configValues(
  loaded: LoadedConfig,
  options: LoadOptions,
  day: string,
  env: Environment = ENVIRONMENT,
): ConfigValue[] {
  const whence = sources(loaded, env);
  return [
    place('stage', loaded.config.stage, options.stage, env.PRESSRUN_STAGE && 'PRESSRUN_STAGE'),
    place('home', loaded.config.home, options.home, env.PRESSRUN_HOME && 'PRESSRUN_HOME'),
    ...defaultValues(loaded, whence),
    ...providerValues(loaded, whence),
    ...modelValues(loaded, whence, day),
  ];
}

function place(
  name: string,
  value: string,
  flag: string | undefined,
  variable: string | undefined,
): ConfigValue {
  return { name, value, from: flag === undefined ? variable || 'default' : `--${name}` };
}

/** A value's source: its variable if set, else the file. */
type Whence = (inFile: unknown, variable?: string) => string;

function sources({ found }: LoadedConfig, env: Environment): Whence {
  return (inFile, variable) => {
    if (variable !== undefined && env[variable]) return variable;
    return inFile === undefined || found === undefined ? 'default' : 'file';
  };
}

function defaultValues({ config, found }: LoadedConfig, whence: Whence): ConfigValue[] {
  const defaults = found?.configuration.file.defaults ?? {};
  const { itemsAtOnce, referenceHosts, referencePrefixes, maxAnswerBytes, unknownOutcomes } = config;
  const row = (name: keyof typeof defaults, value: string, variable?: string): ConfigValue => ({
    name: `defaults.${name}`,
    value,
    from: whence(defaults[name], variable),
  });
  return [
    row('model', config.defaultModel),
    row('itemsAtOnce', String(itemsAtOnce), 'PRESSRUN_ITEMS_AT_ONCE'),
    row('referenceHosts', referenceHosts.join(', '), 'PRESSRUN_REFERENCE_HOSTS'),
    row('referencePrefixes', referencePrefixes.join(', '), 'PRESSRUN_REFERENCE_PREFIXES'),
    row('maxAnswerMiB', String(maxAnswerBytes / 1024 / 1024), 'PRESSRUN_MAX_ANSWER_MIB'),
    row('unknownOutcomes', unknownOutcomes, 'PRESSRUN_UNKNOWN'),
  ];
}

function providerValues({ config, found }: LoadedConfig, whence: Whence): ConfigValue[] {
  return [...config.providers.values()].flatMap((provider): ConfigValue[] => {
    const entry = found?.configuration.file.providers?.[provider.name];
    const was = found?.configuration.providers.get(provider.name);
    const changed = (name: 'baseUrl' | 'linkHosts') => was !== undefined && was[name] !== provider[name];
    const row = (name: string, value: string, from: string) => ({
      name: `providers.${provider.name}.${name}`,
      value,
      from,
    });
    const { keyVariable } = provider;
    return [
      row(
        'baseUrl',
        shownAddress(provider.baseUrl),
        changed('baseUrl') ? 'PRESSRUN_PROVIDER_URL' : whence(entry?.baseUrl),
      ),
      row(
        'linkHosts',
        provider.linkHosts.join(', ') || 'none',
        changed('linkHosts') ? 'PRESSRUN_LINK_HOSTS' : whence(entry?.linkHosts),
      ),
      row('usdPerCredit', String(provider.usdPerCredit), whence(entry?.usdPerCredit)),
      row('key', keyText(keyVariable, config.keys.has(provider.name)), whence(entry?.keyVariable)),
    ];
  });
}

function keyText(variable: string | undefined, isSet: boolean): string {
  if (variable === undefined) return 'none needed';
  return `${variable}, ${isSet ? 'set' : 'not set'}`;
}

function modelValues({ config, found }: LoadedConfig, whence: Whence, day: string): ConfigValue[] {
  return [...config.models.values()].flatMap((profile): ConfigValue[] => {
    const entry = found?.configuration.file.models?.[profile.model];
    const price = priceOn(config.prices, profile.model, day);
    const row = (name: string, value: string, from: string) => ({
      name: `models.${profile.model}.${name}`,
      value,
      from,
    });
    const { provider, sendAs, aliases, requestsPerMinute, concurrency } = profile;
    return [
      row('provider', provider, whence(entry?.provider)),
      row('sendAs', sendAs, whence(entry?.sendAs, 'PRESSRUN_MODELS')),
      row('aliases', aliases.join(', ') || 'none', whence(entry?.aliases)),
      row('sizes', imageSizesOf(profile).join(', '), whence(entry?.imageTokens, 'PRESSRUN_MODELS')),
      row(
        'requestsPerMinute',
        String(requestsPerMinute ?? 'measured'),
        whence(entry?.requestsPerMinute, 'PRESSRUN_LIMITS'),
      ),
      row('concurrency', String(concurrency ?? 'not limited'), whence(entry?.concurrency, 'PRESSRUN_LIMITS')),
      row('price', price?.name ?? 'none', whence(entry?.price, 'PRESSRUN_PRICE')),
    ];
  });
}
