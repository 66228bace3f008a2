import type { Downloaded } from '../cli/files/download.ts';
import { submitBatch } from '../cli/files/submit-batch.ts';
import { withConcurrency } from '../cli/flags/concurrency.ts';
import { requireKey } from '../cli/flags/require-key.ts';
import { requireModel } from '../cli/flags/require-model.ts';
import type { OpenStageOptions } from '../cli/stage/open-stage.ts';
import { configOf } from '../cli/stage/stages.ts';
import { withStage } from '../cli/stage/with-stage.ts';
import { isEmbedded } from '../cli/stage-names.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { SimulatorOptions } from '../local/simulator/options.ts';
import type { Simulator } from '../local/simulator/server.ts';
import type { BatchOptions } from '../shared/domain/batch/batch.ts';
import type { BatchId } from '../shared/domain/ids.ts';
import type { Item } from '../shared/domain/item/item.ts';
import type { CostStatement } from '../shared/domain/money/cost-statement.ts';
import { type Plan, planFile } from '../shared/pipeline/plan/plan.ts';
import type { Config } from '../shared/runtime/config.ts';
import { type BatchSettings, batchOptionsFrom } from './batch-settings.ts';
import { openSource, type Prompts } from './prompts.ts';
import {
  type CostQuestion,
  type DownloadSettings,
  downloadBatch,
  readCosts,
  readItems,
  readStatus,
} from './questions.ts';
import { type Run, startRun } from './run.ts';
import type { RunResult } from './run-result.ts';

/** Defaults are the command line's. */
export interface PressrunOptions {
  /** `local`, or a deployed stage's name. */
  readonly stage?: string;
  /** A local stage's data folder. Default `.pressrun`. */
  readonly home?: string;
  /** Default: the nearest `pressrun.config.json` upwards. */
  readonly config?: string;
  /** Uses the simulator and its own ledger: no key, no cost. `true` is `--simulate`. */
  readonly simulate?: boolean | SimulatorOptions;
  /** Calls in progress, 1–500. Default 16. */
  readonly concurrency?: number;
}

export interface RunSettings extends BatchSettings {
  /** Refuses columns that are neither read nor used in a template. */
  readonly strict?: boolean;
  /** When aborted, the run starts no new call and waits for those in progress; the same run resumes. */
  readonly signal?: AbortSignal;
}

export interface Submitted {
  readonly batch: BatchId;
  /** False if the same prompts and settings were submitted before: it is the same batch. */
  readonly isNew: boolean;
}

/** A stage. Money is integer micro-credits. Errors that you can fix are `UsageError`s. */
export interface Pressrun extends AsyncDisposable {
  /** What a run would generate and cost; sends and spends nothing. */
  plan(prompts: Prompts, settings?: RunSettings): Promise<Plan>;
  /** Uploads prompts for the stage's workers. */
  submit(prompts: Prompts, settings?: RunSettings): Promise<Submitted>;
  /** Generates the images, or follows the stage's workers. Never pays again for a stored image. */
  run(prompts: Prompts, settings?: RunSettings): Run;
  /** A batch with each image, failure and rejected row, by its id, a unique part of it, or `latest` (the default). */
  status(batch?: string): Promise<RunResult>;
  /** A batch's items in order, streamed: prompt, settings, tags, image, attempts. */
  items(batch?: string): AsyncIterable<Item>;
  cost(question?: CostQuestion): Promise<CostStatement>;
  /** Copies missing images into a folder, each checked by its hash. */
  download(batch: string, folder: string, settings?: DownloadSettings): Promise<Downloaded>;
  /** Stops the simulator. Await or abort runs first. */
  close(): Promise<void>;
}

/** Opens nothing yet: each call opens and closes the stage. Throws `ConfigError`. */
export function createPressrun(options: PressrunOptions = {}): Pressrun {
  const config = readConfiguration(options);
  const provider = lazySimulator(options.simulate);
  const isSimulated = provider !== undefined;

  const read = async (prompts: Prompts, settings: RunSettings) => {
    const batchOptions = batchOptionsOf(config, settings);
    return { batchOptions, file: await openSource(prompts, batchOptions, settings) };
  };
  const close = async () => await provider?.close();

  return {
    async plan(prompts, settings = {}) {
      const { file, batchOptions } = await read(prompts, settings);
      const planned = await withStage(config, 'look', {}, ({ runtime }) =>
        planFile(runtime.effects, file, batchOptions, config.itemsAtOnce),
      );
      if (planned.kind === 'problem') throw new UsageError(`${file.name}: ${planned.message}`);
      return planned.plan;
    },
    async submit(prompts, settings = {}) {
      const { file, batchOptions } = await read(prompts, settings);
      return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
        const { batch, isNew } = await submitBatch(effects, file, batchOptions, {
          regeneratesMissing: false,
          say: () => undefined,
        });
        return { batch, isNew };
      });
    },
    run(prompts, settings = {}) {
      const batchOptions = batchOptionsOf(config, settings);
      if (isEmbedded(config.stage)) requireKey(config, isSimulated, batchOptions.settings.model);
      const { signal = new AbortController().signal } = settings;
      return startRun({
        config,
        options: batchOptions,
        signal,
        open: async () => ({
          file: await openSource(prompts, batchOptions, settings),
          stage: (await provider?.start()) ?? {},
        }),
      });
    },
    status: (batch) => readStatus(config, batch),
    items: (batch) => readItems(config, batch),
    cost: (question = {}) => readCosts(config, question),
    download: (batch, folder, settings = {}) => downloadBatch(config, batch, folder, settings),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readConfiguration({ stage, home, config, simulate = false, concurrency }: PressrunOptions): Config {
  const place = {
    ...(stage !== undefined && { stage }),
    ...(home !== undefined && { home }),
    ...(config !== undefined && { config }),
  };
  const flags = concurrency === undefined ? {} : { concurrency: String(concurrency) };
  return withConcurrency(configOf({ ...place, simulate: simulate !== false }), flags);
}

function batchOptionsOf(config: Config, settings: BatchSettings): BatchOptions {
  const parsed = batchOptionsFrom(settings, config.defaultModel);
  requireModel(config, parsed);
  return parsed;
}

interface LazySimulator {
  start(): Promise<OpenStageOptions>;
  close(): Promise<void>;
}

/** The simulator, started by the first run; undefined for real calls. */
function lazySimulator(simulate: PressrunOptions['simulate'] = false): LazySimulator | undefined {
  if (simulate === false) return undefined;
  const options = simulate === true ? { latency: { medianMs: 300, p95Ms: 600 } } : simulate;
  let started: Promise<Simulator> | undefined;
  return {
    start: async () => {
      started ??= import('../local/simulator/server.ts').then(({ startSimulator }) =>
        startSimulator(options),
      );
      return { providerUrl: (await started).url, apiKey: async () => 'cdt_simulated' };
    },
    close: async () => await (await started)?.close(),
  };
}
