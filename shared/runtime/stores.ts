import type { AwsClients } from '../aws/clients.ts';
import { dynamoTable } from '../aws/dynamo/dynamo-table.ts';
import { s3Store } from '../aws/s3/s3-store.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { Config } from './config.ts';
import { versionedTable } from './versioned-table.ts';

/** For what needs no queue and no provider. */
export function createStores(
  { names, customEndpoint }: Pick<Config, 'names' | 'customEndpoint'>,
  clients: Pick<AwsClients, 'dynamo' | 's3'>,
  clock: Pick<Clock, 'sleep'>,
): Pick<Effects, 'table' | 'store'> {
  const backoff = { random: Math.random, sleep: clock.sleep };
  return {
    table: versionedTable(dynamoTable({ client: clients.dynamo, tableName: names.table, backoff })),
    store: s3Store({ client: clients.s3, bucket: names.bucket, backoff, heedsConditions: !customEndpoint }),
  };
}
