import { readFileSync } from 'node:fs';
// Not `z.core`: naming that namespace brings all of zod into every Lambda's bundle.
import { $ZodError } from 'zod/v4/core';
import { type ModelCatalog, modelCatalog, withLimits } from '../domain/calls/models.ts';
import { UNKNOWN_POLICIES, type UnknownPolicy } from '../domain/item/retry.ts';
import { type PriceList, priceList } from '../domain/money/prices.ts';
import { type StageNames, stageNames } from '../names.ts';

/** The contract's base (provider-contract §1). */
export const DEFAULT_PROVIDER_URL = 'https://api.core.today/llm/gemini/v1beta/openai';
export const LOCAL_STAGE = 'local';

/** Everything that the environment says, read once and checked. */
export interface Config {
  readonly stage: string;
  readonly home: string;
  readonly names: StageNames;
  readonly providerUrl: string;
  readonly apiKey: string | undefined;
  readonly models: ModelCatalog;
  readonly prices: PriceList;
  /** Whether AWS services are at addresses of the user's own (`AWS_ENDPOINT_URL…`). */
  readonly customEndpoint: boolean;
  readonly region: string | undefined;
  /** Calls under way at a time in one worker. */
  readonly itemsAtOnce: number;
  /** Hosts from which images given by link are fetched. */
  readonly linkHosts: readonly string[];
  /** Hosts from which reference images given by link are fetched. */
  readonly referenceHosts: readonly string[];
  readonly maxAnswerBytes: number;
  /** What becomes of an item whose attempt may have been billed and brought no image. */
  readonly unknownOutcomes: UnknownPolicy;
  /** Of a Lambda: the secret in Secrets Manager that holds the key. */
  readonly keySecret: string | undefined;
  /** Whether a stage's names may be asked of Parameter Store: not where only some services have addresses of one's own. */
  readonly parameterStore: boolean;
}

/** A setting that cannot be used: one line that names the variable and says what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What the command line says over the environment. */
export interface ConfigOverrides {
  readonly stage?: string | undefined;
  readonly home?: string | undefined;
}

/** Reads the configuration from the environment; throws `ConfigError` on a value that cannot be used. */
export function readConfig(overrides: ConfigOverrides = {}, env: Environment = process.env): Config {
  const stage = overrides.stage ?? (env.PRESSRUN_STAGE || LOCAL_STAGE);
  const names = namesOf(stage, env);
  const customEndpoint = ['', '_S3', '_SQS', '_DYNAMODB'].some(
    (service) => env[`AWS_ENDPOINT_URL${service}`],
  );
  return {
    stage,
    home: overrides.home ?? (env.PRESSRUN_HOME || '.pressrun'),
    names,
    providerUrl: providerUrl(env),
    apiKey: env.CORE_TODAY_API_KEY?.trim() || undefined,
    models: modelsOf(env),
    prices: pricesOf(env),
    customEndpoint,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
    itemsAtOnce: wholeNumber(env, 'PRESSRUN_ITEMS_AT_ONCE', 16, 1, 200),
    linkHosts: listOf(env.PRESSRUN_LINK_HOSTS ?? '*.core.today'),
    referenceHosts: listOf(env.PRESSRUN_REFERENCE_HOSTS ?? '*.core.today'),
    maxAnswerBytes: wholeNumber(env, 'PRESSRUN_MAX_ANSWER_MIB', 64, 1, 1024) * 1024 * 1024,
    unknownOutcomes: unknownPolicy(env),
    keySecret: env.PRESSRUN_KEY_SECRET || undefined,
    parameterStore:
      !customEndpoint || ['', '_SSM'].some((service) => Boolean(env[`AWS_ENDPOINT_URL${service}`])),
  };
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

function providerUrl(env: Environment): string {
  const url = env.PRESSRUN_PROVIDER_URL || DEFAULT_PROVIDER_URL;
  const parsed = URL.parse(url);
  if (parsed?.protocol === 'https:' || parsed?.protocol === 'http:') return url;
  throw new ConfigError(`PRESSRUN_PROVIDER_URL is not an http(s) address: "${url}"`);
}

function unknownPolicy(env: Environment): UnknownPolicy {
  const text = env.PRESSRUN_UNKNOWN || 'retry';
  const policy = UNKNOWN_POLICIES.find((each) => each === text);
  if (policy !== undefined) return policy;
  throw new ConfigError(`PRESSRUN_UNKNOWN is "${text}"; it must be retry or hold`);
}

/** `PRESSRUN_LIMITS` is JSON: `{"<model>":{"requestsPerMinute":60,"concurrency":8}}`. */
function modelsOf(env: Environment): ModelCatalog {
  const models = fromFile(env, 'PRESSRUN_MODELS', modelCatalog);
  if (!env.PRESSRUN_LIMITS) return models;
  try {
    return withLimits(models, JSON.parse(env.PRESSRUN_LIMITS));
  } catch (error) {
    throw new ConfigError(`PRESSRUN_LIMITS cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function pricesOf(env: Environment): PriceList {
  const own = fromFile(env, 'PRESSRUN_PRICES', (json) => {
    priceList(json);
    return json;
  });
  try {
    return priceList(own, listOf(env.PRESSRUN_PRICE));
  } catch (error) {
    throw new ConfigError(`PRESSRUN_PRICE: ${reasonOf(error)}`, { cause: error });
  }
}

/** Parses the file that a variable names, or else an empty list. */
function fromFile<Value>(env: Environment, name: string, parse: (json: unknown) => Value): Value {
  const path = env[name];
  if (!path) return parse([]);
  try {
    return parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new ConfigError(`${name}: ${path} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

/** In one line; of a list that has another shape, the first place that is wrong. */
function reasonOf(error: unknown): string {
  const issue = error instanceof $ZodError ? error.issues[0] : undefined;
  if (issue !== undefined) {
    const [index, ...field] = issue.path;
    if (typeof index !== 'number')
      return issue.path.length > 0 ? `${issue.path.join('.')} is not valid` : 'it must be a list';
    return `entry ${index + 1}: ${field.join('.') || 'it'} is missing or not valid`;
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

function wholeNumber(env: Environment, name: string, otherwise: number, least: number, most: number): number {
  const text = env[name];
  if (!text) return otherwise;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new ConfigError(`${name} is "${text}"; it must be a whole number from ${least} to ${most}`);
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
