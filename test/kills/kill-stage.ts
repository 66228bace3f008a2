import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { diskStore } from '../../local/disk-store/disk-store.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { startDynoxide } from '../../local/stage/dynoxide.ts';
import { startFauxqs } from '../../local/stage/fauxqs.ts';
import { type AwsClients, createClients } from '../../shared/aws/clients.ts';
import { createQueues, createTable, type StageQueues } from '../../shared/aws/create-resources.ts';
import { VISIBILITY_SECONDS } from '../../shared/pipeline/image/heartbeat.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createRuntime, type Runtime } from '../../shared/runtime/effects.ts';
import { hastenedQueue, sharedClock } from './hastened.ts';

/** What a worker process is told: where everything is, and how fast time goes. */
export interface StageAddress {
  readonly stage: string;
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  /** Of objects, and of journals. */
  readonly folder: string;
  readonly providerUrl: string;
  readonly beganAtMs: number;
  readonly timesFaster: number;
  readonly itemsAtOnce: number;
}

export interface KillStage {
  readonly address: StageAddress;
  readonly runtime: Runtime;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

const STAGE = 'kills';

/** Starts the servers that all workers share: table, queues and provider over HTTP, objects in a folder. */
export async function openKillStage(
  options: Pick<StageAddress, 'timesFaster' | 'itemsAtOnce'> & {
    readonly seed: number;
    readonly latencyMs: number;
  },
): Promise<KillStage> {
  const { seed, latencyMs, ...pace } = options;
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-kills-'));
  const [dynoxide, fauxqs] = await Promise.all([startDynoxide(), startFauxqs()]);
  const latency = { medianMs: latencyMs, p95Ms: 2 * latencyMs };
  const simulator = await startSimulator({ seed, latency, pictures: 'plain' });
  const endpoints = { dynamodb: dynoxide.endpoint, sqs: fauxqs.endpoint };
  const clients = createClients({ customEndpoint: true, endpoints });
  const config = readConfig({ stage: STAGE }, {});
  await createTable(clients, config.names.table);
  await hasten(clients, await createQueues(clients, config.names), pace.timesFaster);
  clients.close();
  const address = {
    ...pace,
    stage: STAGE,
    endpoints,
    folder,
    providerUrl: simulator.url,
    beganAtMs: Date.now(),
  };
  const runtime = await runtimeOf(address);
  return {
    address,
    runtime,
    simulator,
    close: async () => {
      runtime.close();
      await Promise.all([simulator.close(), dynoxide.stop(), fauxqs.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The side effects of a process on such a stage: the real ones, but for the speed of time. */
export async function runtimeOf(address: StageAddress): Promise<Runtime> {
  const { endpoints, folder, providerUrl, beganAtMs, timesFaster } = address;
  const runtime = await createRuntime(readConfig({ stage: address.stage }, {}), {
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    endpoints,
    store: diskStore(join(folder, 'objects')),
    apiKey: async () => 'cdt_kills',
    providerUrl,
  });
  const { workQueue, ingestQueue } = runtime.effects;
  const effects = {
    ...runtime.effects,
    clock: sharedClock(beganAtMs, timesFaster),
    workQueue: hastenedQueue(workQueue, timesFaster),
    ingestQueue: hastenedQueue(ingestQueue, timesFaster),
  };
  return { ...runtime, effects };
}

/** A message whose worker was killed before it had begun on it comes back after the queue's own visibility. */
async function hasten({ sqs }: AwsClients, { work }: StageQueues, timesFaster: number): Promise<void> {
  const VisibilityTimeout = String(Math.ceil(VISIBILITY_SECONDS / timesFaster));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: work.url, Attributes: { VisibilityTimeout } }));
}
