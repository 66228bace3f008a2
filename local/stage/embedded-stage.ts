import { join } from 'node:path';
import { type AwsClients, createClients } from '../../shared/aws/clients.ts';
import { createQueues, createTable, type StageQueues } from '../../shared/aws/create-resources.ts';
import { stageNames } from '../../shared/names.ts';
import { clearUnfinished } from '../disk-store/disk-store.ts';
import { type EmbeddedStageOptions, startTableServer, stopAll } from './embedded-table.ts';
import { startFauxqs } from './fauxqs.ts';
import { type Acquired, acquireHome, type OwnedHome } from './home-lock.ts';

export interface EmbeddedStage {
  readonly kind: 'started';
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  readonly clients: AwsClients;
  readonly tableName: string;
  readonly bucket: string;
  readonly queues: StageQueues;
  /** The folder of the objects, for `diskStore`. */
  readonly storeRoot: string;
  /** Ends the servers and gives the stage free. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a stage inside this process: table, queues, and the folder of objects, with nothing to install. Where another process
 * runs it already, says which one. Throws where a server does not start; then nothing is left running.
 */
export async function startEmbeddedStage(
  options: EmbeddedStageOptions,
): Promise<EmbeddedStage | Extract<Acquired, { kind: 'busy' }>> {
  const names = stageNames(options.stage);
  const home = await acquireHome(options.home, options.stage, options.nowMs);
  if (home.kind === 'busy') return home;
  const stops: Array<() => unknown> = [home.release];
  const stop = () => stopAll(stops);
  try {
    const endpoints = await startServers(options, home, stops);
    const clients = createClients({ customEndpoint: true, endpoints });
    stops.push(clients.close);
    const storeRoot = join(home.folder, 'objects');
    await clearUnfinished(storeRoot);
    await createTable(clients, names.table);
    const queues = await createQueues(clients, names);
    await home.record({ endpoints });
    const { table: tableName, bucket } = names;
    return { kind: 'started', endpoints, clients, tableName, bucket, queues, storeRoot, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startServers(
  options: EmbeddedStageOptions,
  home: OwnedHome,
  stops: Array<() => unknown>,
): Promise<EmbeddedStage['endpoints']> {
  const fauxqs = await startFauxqs();
  stops.push(fauxqs.stop);
  return { dynamodb: await startTableServer(options, home, stops), sqs: fauxqs.endpoint };
}
