import { appendFileSync, constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { diskStore } from '../local/disk-store/disk-store.ts';
import { type EmbeddedStage, startEmbeddedStage } from '../local/stage/embedded-stage.ts';
import type { StageFile } from '../local/stage/stage-file.ts';
import type { Log } from '../shared/pipeline/ports.ts';
import type { Config } from '../shared/runtime/config.ts';
import { createRuntime, type EffectOptions, type Runtime } from '../shared/runtime/effects.ts';
import { jsonLinesLog } from '../shared/runtime/json-lines-log.ts';
import { makeFolder } from './make-folder.ts';
import { oneLine } from './one-line.ts';
import { isEmbedded, stageFolder } from './stages.ts';
import { UsageError } from './usage-error.ts';

/** A stage that a command works with, wherever it is. */
export interface OpenStage {
  readonly runtime: Runtime;
  /** Where the log of this process is. */
  readonly logPath: string;
  /** False where this command only looks and no other process works in the stage: all stays as it is. */
  readonly mayChange: boolean;
  close(): Promise<void>;
}

export type StageUse =
  /** Does work, so it must be the only one in an embedded stage. */
  | 'work'
  /** Only looks, beside a process that works. */
  | 'look';

export type StageOptions = Pick<EffectOptions, 'notify' | 'apiKey' | 'providerUrl'>;

/** A command that only looks has the stage for a second: worth waiting for. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 100;

/** Opens the stage that the configuration names. An embedded one is started here, or joined where another command runs it. */
export async function openStage(
  config: Config,
  use: StageUse,
  options: StageOptions = {},
): Promise<OpenStage> {
  const { log, logPath } = await openLog(config);
  if (!isEmbedded(config.stage)) {
    const { withStageNames } = await import('../shared/runtime/find-stage.ts');
    const runtime = await createRuntime(await withStageNames(config), { ...options, log });
    return { runtime, logPath, mayChange: true, close: async () => runtime.close() };
  }
  const store = diskStore(join(stageFolder(config), 'objects'));
  const stage = await startOrFind(config, use);
  if (stage.kind === 'started') {
    const runtime = await createRuntime(config, { ...options, log, store, endpoints: stage.endpoints });
    return { runtime, logPath, mayChange: use === 'work', close: () => closeBoth(runtime, stage) };
  }
  const runtime = await createRuntime(config, { ...options, log, store, endpoints: stage.endpoints });
  return { runtime, logPath, mayChange: true, close: async () => runtime.close() };
}

type Found =
  | EmbeddedStage
  | { readonly kind: 'found'; readonly endpoints: NonNullable<StageFile['endpoints']> };

async function startOrFind(config: Config, use: StageUse): Promise<Found> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const { home, stage } = config;
    const found = await startEmbeddedStage({ home, stage, nowMs: Date.now(), ...embeddedOptions(config) });
    if (found.kind === 'started') return found;
    const { pid, sinceMs, endpoints } = found;
    if (use === 'look' && endpoints !== undefined) return { kind: 'found', endpoints };
    if (waitedMs >= PATIENCE_MS) {
      const since = new Date(sinceMs).toLocaleTimeString();
      throw new UsageError(
        `another pressrun (process ${pid}) is working in ${stageFolder(config)} since ${since}: ` +
          'if that is `pressrun dev` or `worker`, give it the file with `pressrun submit`; else wait for it, end it, ' +
          'or name another folder with --home',
      );
    }
    await setTimeout(RETRY_MS);
  }
}

function embeddedOptions({ dynamoEndpoint, searchPath }: Config) {
  return {
    ...(dynamoEndpoint === undefined ? {} : { dynamoEndpoint }),
    ...(searchPath === undefined ? {} : { searchPath }),
  };
}

async function closeBoth(runtime: Runtime, stage: EmbeddedStage): Promise<void> {
  runtime.close();
  await stage.stop();
}

async function openLog(config: Config): Promise<{ log: Log; logPath: string }> {
  const folder = stageFolder(config);
  await prepareHome(folder);
  const logPath = join(folder, 'pressrun.log');
  return { log: jsonLinesLog((line) => appendTo(logPath, line), Date.now), logPath };
}

/** A log that cannot be written, on a full disk, must not be what ends the work. */
function appendTo(path: string, line: string): void {
  try {
    appendFileSync(path, line);
  } catch {}
}

async function prepareHome(folder: string): Promise<void> {
  const problem = `${folder}: pressrun's data cannot be kept here; name another folder with --home`;
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${problem} (${oneLine(error)})`, { cause: error });
  }
  if (!(await stat(folder)).isDirectory()) throw new UsageError(problem);
}
