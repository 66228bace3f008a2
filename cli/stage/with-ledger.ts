import { startEmbeddedTable } from '../../local/stage/embedded-table.ts';
import { createClients, type Endpoints } from '../../shared/aws/clients.ts';
import { dynamoTable } from '../../shared/aws/dynamo/dynamo-table.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { isEmbedded } from '../stage-names.ts';
import { onLiveServers } from './on-live-servers.ts';
import { ownOrJoin } from './own-or-join.ts';
import { prepareHome } from './prepare-home.ts';
import { stageFolder } from './stages.ts';

/** What questions about money need of a stage: nothing is sent, called or stored. */
export type Ledger = Pick<Effects, 'table' | 'clock' | 'prices' | 'models'>;

/** Opens the ledger of the stage that the configuration names, asks it, and closes it whatever comes of it. */
export async function withLedger<Result>(
  config: Config,
  ask: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  return await onLiveServers(config, true, async () => {
    if (!isEmbedded(config.stage)) {
      const { withStageNames } = await import('../../shared/runtime/find-stage.ts');
      return await askTable(await withStageNames(config), undefined, ask);
    }
    await prepareHome(stageFolder(config));
    const servers = await ownOrJoin(config, true, startEmbeddedTable);
    try {
      return await askTable(config, servers.endpoints, ask);
    } finally {
      if (servers.kind === 'started') await servers.stop();
    }
  });
}

async function askTable<Result>(
  { names, region, customEndpoint, prices, models }: Config,
  endpoints: Endpoints | undefined,
  ask: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const clients = createClients({ region, customEndpoint, ...(endpoints && { endpoints }) });
  const clock = systemClock();
  const backoff = { random: Math.random, sleep: clock.sleep };
  try {
    const table = dynamoTable({ client: clients.dynamo, tableName: names.table, backoff });
    return await ask({ table, clock, prices, models });
  } finally {
    clients.close();
  }
}
