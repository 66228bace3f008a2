import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from '../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects, PipelineEvent } from '../../shared/pipeline/effects.ts';
import { ingestUpload } from '../../shared/pipeline/ingest/ingest.ts';
import { memoryFile } from '../../shared/pipeline/ingest/memory-file.ts';
import { submitFile } from '../../shared/pipeline/ingest/submit.ts';
import type { Clock } from '../../shared/pipeline/ports.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { configuredProvider } from '../../shared/runtime/configured-provider.ts';
import { createEffects } from '../../shared/runtime/effects.ts';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';
import { memoryTable } from '../simulation/memory/memory-table.ts';
import type { Backend, OpenBackend } from './backends/backend.ts';
import { sqliteBackend } from './backends/sqlite.ts';
import { diskStoreIn } from './disk-store.ts';
import { useEmulators } from './emulators.ts';
import { proveModels } from './proven.ts';
import { standingClock, type TestClock, timesFaster } from './test-clock.ts';

export const KEY = 'cdt_a-key-that-must-never-be-seen-0123456789';
/** More time than any hand-over asks for. */
export const PLENTY_MS = 900_000;

/**
 * A whole stage of its own: table, queues, folder of objects, and a simulated provider that is reached over HTTP. Its
 * models have brought images before.
 */
export interface World<SomeClock extends Clock = Clock>
  extends Pick<Backend, 'countMessages' | 'deadLetters' | 'allRows'> {
  readonly effects: Effects;
  readonly simulator: Simulator;
  readonly clock: SomeClock;
  readonly folder: string;
  readonly logLines: readonly string[];
  readonly events: readonly PipelineEvent[];
}

/**
 * To be called at the top of a test file; gives a maker of worlds, each ended with its test. They are on SQLite, as on a user's
 * machine; with `npm run test:conformance`, on AWS's adapters over DynamoDB Local and fauxqs.
 */
export function useWorlds(openBackend?: OpenBackend) {
  const emulators = useEmulators();
  const open =
    openBackend ?? (inject('dynamoEndpoint') === undefined ? sqliteBackend : emulators.openBackend);

  async function freshWorld(simulated?: SimulatorOptions): Promise<World<TestClock>>;
  async function freshWorld<Some extends Clock>(
    simulated: SimulatorOptions,
    clock: Some,
  ): Promise<World<Some>>;
  async function freshWorld(simulated: SimulatorOptions = {}, clock: Clock = standingClock()) {
    return await createWorld(await open(clock, timesFaster(clock)), simulated, clock);
  }
  return freshWorld;
}

async function createWorld(backend: Backend, simulated: SimulatorOptions, clock: Clock): Promise<World> {
  const config = readConfig({ stage: 'local' }, {});
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-world-'));
  const simulator = await startSimulator(simulatorOptions(simulated, clock));
  const logLines: string[] = [];
  const events: PipelineEvent[] = [];
  onTestFinished(async () => {
    await simulator.close();
    await backend.close();
    await rm(folder, { recursive: true, force: true });
  });
  const made = createEffects(config, {
    ...backend.ports,
    store: diskStoreIn(folder),
    provider: configuredProvider(
      config,
      { apiKey: async () => KEY, providerUrl: simulator.url },
      systemClock(),
    ),
    clock,
    log: jsonLinesLog((line) => logLines.push(line), clock.now),
    notify: (event) => events.push(event),
  });
  // The shortest of the random waits.
  const effects: Effects = { ...made, random: () => 0 };
  await proveModels(effects.table);
  const { countMessages, deadLetters, allRows } = backend;
  return { effects, simulator, clock, folder, logLines, events, countMessages, deadLetters, allRows };
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
  content: string | Uint8Array,
  options: Partial<BatchOptions> = {},
  name = 'prompts.csv',
): Promise<{ readonly batch: BatchId; readonly key: string }> {
  const file = memoryFile(name, 'text/csv', content);
  const submitted = await submitFile(effects, file, { ...DEFAULT_BATCH_OPTIONS, ...options });
  if (submitted.kind === 'problem') throw new Error(submitted.message);
  return submitted;
}

/** Uploads a file and takes it in. */
export async function submit(
  world: Pick<World, 'effects'>,
  ...file: [content: string | Uint8Array, options?: Partial<BatchOptions>, name?: string]
): Promise<BatchId> {
  const { batch, key } = await upload(world, ...file);
  await ingestUpload(world.effects, { key }, () => PLENTY_MS);
  return batch;
}

/** A file of so many rows with prompts of their own. */
export function csvOf(rows: number): string {
  return `prompt\n${Array.from({ length: rows }, (_, index) => `a fox, number ${index + 1}\n`).join('')}`;
}
