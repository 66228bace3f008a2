import { join } from 'node:path';
import { createClients } from '../../shared/aws/clients.ts';
import { createTable } from '../../shared/aws/create-resources.ts';
import { stageNames } from '../../shared/names.ts';
import { startDynoxide } from './dynoxide.ts';
import { type Acquired, acquireHome, type OwnedHome } from './home-lock.ts';

export interface EmbeddedStageOptions {
  /** Such as `.pressrun`; all state is below `<home>/<stage>`. */
  readonly home: string;
  readonly stage: string;
  readonly nowMs: number;
  /** `PATH`, for platforms whose dynoxide does not come as a package. */
  readonly searchPath?: string;
  /** A DynamoDB to use in place of dynoxide (`AWS_ENDPOINT_URL_DYNAMODB`). */
  readonly dynamoEndpoint?: string;
}

/** The table of a stage without its queues, whose server is in this process and takes 20 MB and some time to load. */
interface EmbeddedTable {
  readonly kind: 'started';
  readonly endpoints: { readonly dynamodb: string };
  stop(): Promise<void>;
}

/** Starts the table of a stage alone, for who only asks it. Where another process runs the stage, says which one. */
export async function startEmbeddedTable(
  options: EmbeddedStageOptions,
): Promise<EmbeddedTable | Extract<Acquired, { kind: 'busy' }>> {
  const home = await acquireHome(options.home, options.stage, options.nowMs);
  if (home.kind === 'busy') return home;
  const stops: Array<() => unknown> = [home.release];
  const stop = () => stopAll(stops);
  try {
    const endpoints = { dynamodb: await startTableServer(options, home, stops) };
    const clients = createClients({ customEndpoint: true, endpoints });
    stops.push(clients.close);
    await createTable(clients, stageNames(options.stage).table);
    await home.record({ endpoints });
    return { kind: 'started', endpoints, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Undoes what was started, the last first; nothing is left to undo the second time. */
export async function stopAll(stops: Array<() => unknown>): Promise<void> {
  for (let next = stops.pop(); next; next = stops.pop()) await next();
}

/** Starts dynoxide over the stage's file, or takes the DynamoDB that is named in its place; gives its address. */
export async function startTableServer(
  options: EmbeddedStageOptions,
  home: OwnedHome,
  stops: Array<() => unknown>,
): Promise<string> {
  if (options.dynamoEndpoint !== undefined) return options.dynamoEndpoint;
  const dbPath = join(home.folder, 'table.db');
  const recorded: Promise<void>[] = [];
  const dynoxide = await startDynoxide({
    dbPath,
    ...(options.searchPath === undefined ? {} : { searchPath: options.searchPath }),
    onStarted: (pid) => recorded.push(home.record({ dynoxide: { pid, dbPath } })),
  });
  stops.push(dynoxide.stop);
  await Promise.all(recorded);
  return dynoxide.endpoint;
}
