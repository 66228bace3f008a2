import { openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Table } from '../../shared/pipeline/ports.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { versionedTable } from '../../shared/runtime/versioned-table.ts';
import { isEmbedded } from '../stage-names.ts';
import { prepareHome } from './prepare-home.ts';
import { stageFolder } from './stages.ts';

/** What money questions need: nothing is sent or stored. */
export type Ledger = Pick<Effects, 'table' | 'clock' | 'prices' | 'models'>;

/** Opens a stage's ledger for one question. */
export async function withLedger<Result>(
  config: Config,
  ask: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const { table, close } = isEmbedded(config.stage) ? await localTable(config) : await remoteTable(config);
  const { prices, models } = config;
  try {
    return await ask({ table, clock: systemClock(), prices, models });
  } finally {
    await close();
  }
}

interface OpenTable {
  readonly table: Table;
  close(): Promise<void>;
}

async function localTable(config: Config): Promise<OpenTable> {
  const folder = stageFolder(config);
  await prepareHome(folder);
  const stage = await openEmbeddedStage(folder, systemClock());
  return { ...stage, table: versionedTable(stage.table) };
}

async function remoteTable(config: Config): Promise<OpenTable> {
  const [{ withStageNames }, { createStoreClients }, { createStores }] = await Promise.all([
    import('../../shared/runtime/find-stage.ts'),
    import('../../shared/aws/late-clients.ts'),
    import('../../shared/runtime/stores.ts'),
  ]);
  const named = await withStageNames(config);
  const { region, customEndpoint } = named;
  const clients = createStoreClients({ region, customEndpoint });
  const { table } = createStores(named, clients, systemClock());
  return { table, close: async () => clients.close() };
}
