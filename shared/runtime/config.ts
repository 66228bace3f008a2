import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type QueueUrls, queueUrlsIn } from '../aws/sqs/queue-urls.ts';
import {
  DEFAULT_PROVIDER,
  findModel,
  type ModelCatalog,
  modelCatalog,
  withLimits,
} from '../domain/calls/models.ts';
import { type Configuration, parseConfiguration } from '../domain/configuration/configuration.ts';
import { reasonOf } from '../domain/configuration/first-problem.ts';
import type { Providers } from '../domain/configuration/providers.ts';
import { UNKNOWN_POLICIES, type UnknownPolicy } from '../domain/item/retry.ts';
import { type PriceList, priceList } from '../domain/money/prices.ts';
import { type StageNames, stageNames } from '../names.ts';
import { type ProxySettings, parseProxy, supportsProxies } from '../provider/http/proxy-settings.ts';
import { shownAddress } from '../provider/http/shown-address.ts';
import { ConfigError } from './config-error.ts';
import { memoryForAnswers } from './memory/memory-limit.ts';
import { type WebhookConfig, webhookConfigOf } from './reporting/webhook-config.ts';

export const LOCAL_STAGE = 'local';

/** Environment, configuration file and command line, read once and checked. */
export interface Config extends WebhookConfig, QueueUrls {
  readonly stage: string;
  readonly home: string;
  readonly names: StageNames;
  readonly providers: Providers;
  /** This process's API keys by provider. */
  readonly keys: ReadonlyMap<string, string>;
  /** For the provider's calls and image links only. */
  readonly proxies: ProxySettings;
  readonly models: ModelCatalog;
  /** For files and rows without a model. */
  readonly defaultModel: string;
  readonly prices: PriceList;
  /** `AWS_ENDPOINT_URL…` is set. */
  readonly customEndpoint: boolean;
  readonly region: string | undefined;
  /** Calls in progress in one worker. */
  readonly itemsAtOnce: number;
  /** Allowed hosts of linked reference images. */
  readonly referenceHosts: readonly string[];
  /** Key prefixes that files may reference, besides `references/` and images of batches. */
  readonly referencePrefixes: readonly string[];
  readonly maxAnswerBytes: number;
  /** For responses. */
  readonly answerMemoryBytes: number;
  /** For an item whose attempt may have been billed without an image. */
  readonly unknownOutcomes: UnknownPolicy;
  /** A deployed stage's place of the built-in provider's key: `ssm:` and a parameter, or a secret. */
  readonly keySecret: string | undefined;
  /** The stage's functions leave its queues to workers elsewhere. */
  readonly isResting: boolean;
  /** Parameter Store may know the stage's names; not with custom addresses for only some services. */
  readonly parameterStore: boolean;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Read here and nowhere else. */
export const ENVIRONMENT: Environment = process.env;

/** The command line's values over the environment. */
export interface ConfigOverrides {
  readonly stage?: string | undefined;
  readonly home?: string | undefined;
}

/** Reads the configuration: environment first, then file. Throws `ConfigError` on an unusable value. */
export function readConfig(
  overrides: ConfigOverrides = {},
  env: Environment = ENVIRONMENT,
  configuration: Configuration = deployedConfiguration(env),
): Config {
  const stage = overrides.stage ?? (env.PRESSRUN_STAGE || LOCAL_STAGE);
  const { defaults = {} } = configuration.file;
  const models = modelsOf(env, configuration.models);
  const defaultProvider = findModel(models, configuration.defaultModel)?.provider;
  const providers = providersOf(env, configuration.providers, defaultProvider);
  const customEndpoint = ['', '_S3', '_SQS', '_DYNAMODB'].some(
    (service) => env[`AWS_ENDPOINT_URL${service}`],
  );
  return {
    stage,
    home: overrides.home ?? (env.PRESSRUN_HOME || '.pressrun'),
    names: namesOf(stage, env),
    proxies: proxiesOf(env),
    providers,
    keys: keysOf(env, providers),
    models,
    defaultModel: configuration.defaultModel,
    prices: pricesOf(env, configuration.prices),
    customEndpoint,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
    itemsAtOnce: wholeNumber(env, 'PRESSRUN_ITEMS_AT_ONCE', defaults.itemsAtOnce ?? 16, 1, 500),
    referenceHosts: listOf(env.PRESSRUN_REFERENCE_HOSTS) ?? defaults.referenceHosts ?? ['*.core.today'],
    referencePrefixes: listOf(env.PRESSRUN_REFERENCE_PREFIXES) ?? defaults.referencePrefixes ?? [],
    maxAnswerBytes:
      wholeNumber(env, 'PRESSRUN_MAX_ANSWER_MIB', defaults.maxAnswerMiB ?? 64, 1, 1024) * 1024 * 1024,
    answerMemoryBytes: memoryForAnswers(Number(env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 0)),
    unknownOutcomes: unknownPolicy(env, defaults.unknownOutcomes),
    ...webhookConfigOf(env, defaults),
    ...queueUrlsIn(env),
    keySecret: env.PRESSRUN_KEY_SECRET || undefined,
    isResting: false,
    parameterStore:
      !customEndpoint || ['', '_SSM'].some((service) => Boolean(env[`AWS_ENDPOINT_URL${service}`])),
  };
}

export function configForStage(config: Config, stage: string, env: Environment = ENVIRONMENT): Config {
  return { ...config, stage, names: namesOf(stage, env) };
}

/** The configuration beside a Lambda's code; nothing without `PRESSRUN_CONFIG`. */
function deployedConfiguration(env: Environment): Configuration {
  return fromFile(env, 'PRESSRUN_CONFIG', parseConfiguration) ?? parseConfiguration({});
}

function namesOf(stage: string, env: Environment): StageNames {
  try {
    const names = stageNames(stage);
    return {
      ...names,
      table: env.PRESSRUN_TABLE || names.table,
      bucket: env.PRESSRUN_BUCKET || names.bucket,
    };
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** `PRESSRUN_PROVIDER_URL` and `PRESSRUN_LINK_HOSTS` are for the default model's provider. */
function providersOf(env: Environment, configured: Providers, name = DEFAULT_PROVIDER): Providers {
  const provider = configured.get(name);
  const url = env.PRESSRUN_PROVIDER_URL;
  const linkHosts = listOf(env.PRESSRUN_LINK_HOSTS);
  if (provider === undefined || (!url && linkHosts === undefined)) return configured;
  const protocol = URL.parse(url || provider.baseUrl)?.protocol;
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new ConfigError(
      `PRESSRUN_PROVIDER_URL is not an http(s) address: "${shownAddress(url ?? provider.baseUrl)}"`,
    );
  }
  return new Map(configured).set(name, {
    ...provider,
    baseUrl: url || provider.baseUrl,
    linkHosts: linkHosts ?? provider.linkHosts,
  });
}

function keysOf(env: Environment, providers: Providers): ReadonlyMap<string, string> {
  const keys = [...providers.values()].map(
    ({ name, keyVariable }) =>
      [name, keyVariable === undefined ? '' : (env[keyVariable]?.trim() ?? '')] as const,
  );
  return new Map(keys.filter(([, key]) => key !== ''));
}

/** Lower case takes precedence, as with curl. */
function proxiesOf(env: Environment): ProxySettings {
  const [https, http] = ['HTTPS_PROXY', 'HTTP_PROXY'].map((name) => proxyOf(env, name));
  const bypass = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter((entry) => entry !== '');
  return { ...(https && { https }), ...(http && { http }), bypass };
}

/** Doesn't repeat the value, which may hold a password. */
function proxyOf(env: Environment, name: string): URL | undefined {
  const text = (env[name.toLowerCase()] || env[name])?.trim();
  if (!text) return undefined;
  const proxy = parseProxy(text);
  if (proxy !== undefined && !supportsProxies(process.versions.node)) {
    throw new ConfigError(
      `${name} is set, but Node ${process.versions.node} can't use it. Update to Node 24.5 (or 22.21), or unset it`,
    );
  }
  if (proxy !== undefined) return proxy;
  throw new ConfigError(`${name} is not the address of an http proxy: write http://host:port, or unset it`);
}

function unknownPolicy(env: Environment, configured: UnknownPolicy = 'retry'): UnknownPolicy {
  const text = env.PRESSRUN_UNKNOWN || configured;
  const policy = UNKNOWN_POLICIES.find((each) => each === text);
  if (policy !== undefined) return policy;
  throw new ConfigError(`PRESSRUN_UNKNOWN is "${text}"; it must be retry or hold`);
}

/** `PRESSRUN_LIMITS` is JSON: `{"<model>":{"requestsPerMinute":60,"concurrency":8}}`. */
function modelsOf(env: Environment, configured: ModelCatalog): ModelCatalog {
  const own = fromFile(env, 'PRESSRUN_MODELS', (json) =>
    modelCatalog(listIn(json, 'models'), configured.values()),
  );
  const models = own ?? configured;
  if (!env.PRESSRUN_LIMITS) return models;
  try {
    return withLimits(models, JSON.parse(env.PRESSRUN_LIMITS));
  } catch (error) {
    throw new ConfigError(`PRESSRUN_LIMITS cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function pricesOf(env: Environment, configured: PriceList): PriceList {
  const own = fromFile(env, 'PRESSRUN_PRICES', (json) => {
    const list = listIn(json, 'prices');
    priceList(list, [], configured);
    return list;
  });
  try {
    return priceList(own ?? [], listOf(env.PRESSRUN_PRICE) ?? [], configured);
  } catch (error) {
    throw new ConfigError(`PRESSRUN_PRICE: ${reasonOf(error)}`, { cause: error });
  }
}

/** A list, or an object with one, as `prices --json` prints it. */
function listIn(json: unknown, name: string): unknown {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return json;
  return Object.getOwnPropertyDescriptor(json, name)?.value ?? json;
}

/** Parses the file that a variable names; undefined if not set. */
function fromFile<Value>(env: Environment, name: string, parse: (json: unknown) => Value): Value | undefined {
  const path = env[name];
  if (!path) return undefined;
  try {
    return parse(JSON.parse(readFileSync(resolve(env.LAMBDA_TASK_ROOT ?? '.', path), 'utf8')));
  } catch (error) {
    throw new ConfigError(`${name}: ${path} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function wholeNumber(env: Environment, name: string, otherwise: number, least: number, most: number): number {
  const text = env[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}`);
}

/** Undefined if the variable is not set. */
function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
