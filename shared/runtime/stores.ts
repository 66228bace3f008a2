import { dynamoTable } from '../aws/dynamo/dynamo-table.ts';
import type { StoreClients } from '../aws/late-clients.ts';
import { lateStore } from '../aws/s3/late-store.ts';
import type { Effects } from '../pipeline/effects.ts';
import type { Clock } from '../pipeline/ports.ts';
import type { Config } from './config.ts';
import { versionedTable } from './versioned-table.ts';

/** For what needs no queue and no provider. */
export function createStores(
  { names, customEndpoint }: Pick<Config, 'names' | 'customEndpoint'>,
  clients: Pick<StoreClients, 'dynamo' | 's3'>,
  clock: Pick<Clock, 'sleep'>,
): Pick<Effects, 'table' | 'store'> {
  const backoff = { random: Math.random, sleep: clock.sleep };
  return {
    table: versionedTable(dynamoTable({ client: clients.dynamo, tableName: names.table, backoff })),
    store: lateStore(async () => {
      const [{ s3Store }, client] = await Promise.all([import('../aws/s3/s3-store.ts'), clients.s3()]);
      return s3Store({ client, bucket: names.bucket, backoff, heedsConditions: !customEndpoint });
    }),
  };
}
