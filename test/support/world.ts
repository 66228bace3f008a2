import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, onTestFinished } from 'vitest';
import { diskStore } from '../../local/disk-store/disk-store.ts';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { type Fauxqs, startFauxqs } from '../../local/stage/fauxqs.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { createQueues, createTable, type StageQueues } from '../../shared/aws/create-resources.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects, PipelineEvent } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createRuntime, type Runtime } from '../../shared/runtime/effects.ts';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';
import { memoryTable } from '../simulation/memory/memory-table.ts';
import { useEmulators } from './emulators.ts';
import { proveModels } from './proven.ts';
import { standingClock, type TestClock } from './test-clock.ts';

export const KEY = 'cdt_a-key-that-must-never-be-seen-0123456789';
/** More time than any hand-over asks for. */
export const PLENTY_MS = 900_000;

/** A whole stage of its own, whose models have brought images before: table, queues, folder of objects, and a simulated provider that is reached over HTTP. */
export interface World<SomeClock extends Clock = Clock> {
  readonly effects: Effects;
  /** The same effects as `startWorkers` wants them. */
  readonly runtime: Runtime;
  readonly simulator: Simulator;
  readonly clock: SomeClock;
  readonly queues: StageQueues;
  readonly tableName: string;
  readonly folder: string;
  readonly logLines: readonly string[];
  readonly events: readonly PipelineEvent[];
}

/** To be called at the top of a test file; gives a maker of worlds, each ended with its test. */
export function useWorlds() {
  const emulators = useEmulators();
  let fauxqs: Promise<Fauxqs> | undefined;
  afterAll(async () => (await fauxqs)?.stop());

  async function freshWorld(simulated?: SimulatorOptions): Promise<World<TestClock>>;
  async function freshWorld<Some extends Clock>(
    simulated: SimulatorOptions,
    clock: Some,
  ): Promise<World<Some>>;
  async function freshWorld(simulated: SimulatorOptions = {}, clock: Clock = standingClock()) {
    fauxqs ??= startFauxqs();
    const endpoints = { dynamodb: await emulators.dynamoEndpoint(), sqs: (await fauxqs).endpoint };
    return await createWorld(endpoints, simulated, clock);
  }
  return freshWorld;
}

async function createWorld(
  endpoints: { readonly dynamodb: string; readonly sqs: string },
  simulated: SimulatorOptions,
  clock: Clock,
): Promise<World> {
  const config = readConfig({ stage: `t-${randomUUID().slice(0, 13)}` }, {});
  const clients = createClients({ customEndpoint: true, endpoints });
  await createTable(clients, config.names.table);
  const queues = await createQueues(clients, config.names);
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-world-'));
  const simulator = await startSimulator(simulatorOptions(simulated, clock));
  const logLines: string[] = [];
  const events: PipelineEvent[] = [];
  const runtime = await createRuntime(config, {
    log: jsonLinesLog((line) => logLines.push(line), clock.now),
    endpoints,
    store: diskStore(folder),
    notify: (event) => events.push(event),
    apiKey: async () => KEY,
    providerUrl: simulator.url,
  });
  onTestFinished(async () => {
    await simulator.close();
    runtime.close();
    clients.close();
    await rm(folder, { recursive: true, force: true });
  });
  // The shortest of the random waits.
  const effects: Effects = { ...runtime.effects, clock, random: () => 0 };
  await proveModels(effects.table);
  const tableName = config.names.table;
  return {
    effects,
    runtime: { ...runtime, effects },
    simulator,
    clock,
    queues,
    tableName,
    folder,
    logLines,
    events,
  };
}

/** The same world with a table in memory, which keeps the contract of the real ones: for what is done very often. */
export function inMemory<Some extends Pick<World, 'effects'>>(world: Some): Some {
  const table = memoryTable();
  void proveModels(table);
  return { ...world, effects: { ...world.effects, table } };
}

function simulatorOptions(simulated: SimulatorOptions, clock: Clock): SimulatorOptions {
  return {
    latency: 'none',
    pictures: 'plain',
    key: KEY,
    retryDelayMs: 100,
    clock: { now: clock.now, sleep: systemClock().sleep },
    ...simulated,
  };
}

/** Uploads a file and gives its batch and key; nothing has taken it in yet. */
export async function upload(
  { effects }: Pick<World, 'effects'>,
  text: string,
  options: Partial<BatchOptions> = {},
  name = 'prompts.csv',
): Promise<{ readonly batch: BatchId; readonly key: string }> {
  const file = {
    name,
    contentType: 'text/csv',
    open: async function* () {
      yield Buffer.from(text);
    },
  };
  const submitted = await submitFile(effects, file, { ...DEFAULT_BATCH_OPTIONS, ...options });
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  return submitted;
}

/** Uploads a file and takes it in. */
export async function submit(
  world: Pick<World, 'effects'>,
  ...file: [text: string, options?: Partial<BatchOptions>]
): Promise<BatchId> {
  const { batch, key } = await upload(world, ...file);
  await ingestUpload(world.effects, { key }, () => PLENTY_MS);
  return batch;
}

/** A file of so many rows with prompts of their own. */
export function csvOf(rows: number): string {
  return `prompt\n${Array.from({ length: rows }, (_, index) => `a fox, number ${index + 1}\n`).join('')}`;
}

/** How many messages ended in the dead-letter queues. */
export async function deadLetters({ runtime, queues }: Pick<World, 'runtime' | 'queues'>): Promise<number> {
  let messages = 0;
  for (const { url } of [queues.workDead, queues.ingestDead]) messages += await countMessages(runtime, url);
  return messages;
}

/** Messages in a queue, seen and unseen. */
export async function countMessages(
  { clients }: Pick<Runtime, 'clients'>,
  queueUrl: string,
): Promise<number> {
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const {
    ApproximateNumberOfMessages: visible = '0',
    ApproximateNumberOfMessagesNotVisible: received = '0',
    ApproximateNumberOfMessagesDelayed: delayed = '0',
  } = Attributes;
  return Number(visible) + Number(received) + Number(delayed);
}
