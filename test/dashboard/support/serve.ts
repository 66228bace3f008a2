import type { DashboardHost } from '../../../dashboard/host.ts';
import { pageFolder } from '../../../dashboard/page-folder.ts';
import { readPageFiles } from '../../../dashboard/server/page-files.ts';
import {
  type Dashboard,
  type DashboardOptions,
  startDashboard,
} from '../../../dashboard/server/start-dashboard.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { readConfig } from '../../../shared/runtime/config.ts';
import { memoryStore } from '../../simulation/memory/memory-store.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';

export interface Served {
  readonly dashboard: Dashboard;
  readonly host: DashboardHost;
  /** Batches that a button had worked on. */
  readonly worked: string[];
}

/** A dashboard over a stage in memory: real HTTP, real pages, no workers. */
export async function serveMemory(
  more: Partial<DashboardHost> = {},
  files: DashboardOptions['files'] | 'page' = 'page',
): Promise<Served> {
  const worked: string[] = [];
  const host: DashboardHost = {
    effects: memoryEffects(),
    stage: 'simulated',
    region: undefined,
    isLocal: true,
    isSimulated: true,
    flag: ' --simulate',
    version: '0.0.0',
    user: 'ana',
    callsAtOnce: 16,
    withTimetable: (act) => act({ keep: async () => undefined, drop: async () => undefined }),
    work: async (batch) => {
      worked.push(batch);
      return { kind: 'working' };
    },
    isWorkedOn: async () => true,
    ...more,
  };
  const page = files === 'page' ? await readPageFiles(await pageFolder()) : files;
  return { dashboard: await startDashboard(host, { port: 0, files: page }), host, worked };
}

/** What the dashboard asks of a stage; whatever would call a provider or a queue is an error. */
export function memoryEffects(): Effects {
  const config = readConfig({ stage: 'simulated' }, {});
  const clock = systemClock();
  const refused = () => {
    throw new Error('a dashboard calls no provider');
  };
  const queue = {
    send: async () => undefined,
    setVisibility: async () => undefined,
    receive: async () => [],
    delete: async () => undefined,
  };
  return {
    table: memoryTable(),
    store: memoryStore(clock),
    ingestQueue: queue,
    workQueue: queue,
    provider: { call: refused, reread: refused },
    lendMemory: refused,
    fetchReference: refused,
    clock,
    random: () => 0.5,
    newAttemptId: refused,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    models: config.models,
    providers: config.providers,
    referencePrefixes: [],
    defaultModel: config.models.keys().next().value ?? '',
    prices: config.prices,
    unknownOutcomes: 'retry',
    notify: () => undefined,
  };
}
