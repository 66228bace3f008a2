import { SSMClient } from '@aws-sdk/client-ssm';
import { namingFailures, serviceOptions } from '../aws/service-client.ts';
import { readStageRecord, type StageRecord } from '../aws/stage-parameter.ts';
import { parseConfiguration } from '../domain/configuration/configuration.ts';
import { reasonOf } from '../domain/configuration/first-problem.ts';
import { stageNames, stageParameter } from '../names.ts';
import { type Config, readConfig } from './config.ts';
import { ConfigError } from './config-error.ts';

/** The configuration with the stack's names and deployed part. Environment first; without a stack, the usual names. */
export async function withStageNames(config: Config): Promise<Config> {
  if (config.keySecret !== undefined) return config;
  const record = await findStage(config);
  if (record === undefined) return config;
  const { stage } = config;
  // As a function reads it: this machine's environment doesn't matter there.
  const { providers, models, defaultModel, prices, referenceHosts, maxAnswerBytes, unknownOutcomes } =
    readConfig({ stage }, {}, deployedConfiguration(stage, record));
  const usual = stageNames(config.stage);
  const { table, bucket } = config.names;
  return {
    ...config,
    providers,
    models,
    defaultModel,
    prices,
    referenceHosts,
    maxAnswerBytes,
    unknownOutcomes,
    keySecret: record.keySecret,
    isResting: record.polling === false,
    names: {
      ...record,
      table: table === usual.table ? record.table : table,
      bucket: bucket === usual.bucket ? record.bucket : bucket,
    },
  };
}

/** What a stage's functions use; this machine's file doesn't matter there. */
export function deployedConfiguration(
  stage: string,
  { configuration = {} }: Pick<StageRecord, 'configuration'>,
) {
  try {
    return parseConfiguration(configuration);
  } catch (error) {
    throw new ConfigError(
      `stage ${stage} was deployed with a configuration that this version cannot read: ${reasonOf(error)}; deploy it again`,
      { cause: error },
    );
  }
}

/** Undefined if there is none. Throws `ConfigError` if AWS doesn't permit the look. */
export async function findStage(config: Config): Promise<StageRecord | undefined> {
  if (!config.parameterStore) return undefined;
  const { region, stage, customEndpoint } = config;
  const quick = customEndpoint ? { requestTimeoutMs: 2_000 } : {};
  const client = namingFailures(
    new SSMClient({ ...serviceOptions({ region, ...quick }), ...(customEndpoint && { maxAttempts: 1 }) }),
  );
  try {
    return await readStageRecord(client, stage);
  } catch (error) {
    // A compatible server may not have Parameter Store.
    if (customEndpoint) return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(
      `stage ${stage} cannot be looked up in ${stageParameter(stage)} of Parameter Store: ${reason}`,
      {
        cause: error,
      },
    );
  } finally {
    client.destroy();
  }
}
