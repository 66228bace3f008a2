import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { withDiskRoom } from '../../local/stage/disk-room.ts';
import { type EmbeddedStage, openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { acquireHome, isOwned, type OwnedHome } from '../../local/stage/home-lock.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Log } from '../../shared/pipeline/ports.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { configuredProvider, type ProviderOverrides } from '../../shared/runtime/configured-provider.ts';
import { createEffects } from '../../shared/runtime/effects.ts';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';
import type { Runtime } from '../../shared/runtime/runtime.ts';
import { steadyClock } from '../../shared/runtime/steady-clock.ts';
import { versionedTable } from '../../shared/runtime/versioned-table.ts';
import { isEmbedded } from '../stage-names.ts';
import { inUse } from './in-use.ts';
import { prepareHome } from './prepare-home.ts';
import { stageFolder } from './stages.ts';

/** An open stage, wherever it is. */
export interface OpenStage {
  readonly runtime: Runtime;
  /** This machine's folder for the stage. */
  readonly folder: string;
  /** This process's log. */
  readonly logPath: string;
  /** False for a read-only command while no process works in the stage. */
  readonly mayChange: boolean;
  /** Made by a stack, whose functions work in it. */
  readonly isDeployed: boolean;
  /** Those functions leave its queues alone. */
  readonly isResting: boolean;
  /** An embedded stage. */
  readonly embedded?: Pick<EmbeddedStage, 'clearLeftovers' | 'trouble'>;
  /** An embedded stage opened for work. */
  readonly home?: OwnedHome;
  close(): Promise<void>;
}

export type StageUse =
  /** Works, as the only one in an embedded stage. */
  | 'work'
  /** Reads; a process that works does the rest. */
  | 'look';

export interface OpenStageOptions extends ProviderOverrides {
  readonly notify?: Effects['notify'];
}

/** Throws `UsageError` if it is to work and another process does. */
export async function openStage(
  config: Config,
  use: StageUse,
  options: OpenStageOptions = {},
): Promise<OpenStage> {
  const { log, logPath } = await openLog(config);
  if (isEmbedded(config.stage)) return await openEmbedded(config, use, options, { log, logPath });
  // The SDK takes as long to load as all else.
  const [{ withStageNames }, { createRuntime }] = await Promise.all([
    import('../../shared/runtime/find-stage.ts'),
    import('../../shared/runtime/stage-runtime.ts'),
  ]);
  const named = await withStageNames(config);
  const runtime = await createRuntime(named, { ...options, log });
  const folder = stageFolder(config);
  const isDeployed = named.keySecret !== undefined;
  const { isResting } = named;
  return { runtime, folder, logPath, mayChange: true, isDeployed, isResting, close: runtime.close };
}

async function openEmbedded(
  config: Config,
  use: StageUse,
  { notify, ...overrides }: OpenStageOptions,
  { log, logPath }: { readonly log: Log; readonly logPath: string },
): Promise<OpenStage> {
  const folder = stageFolder(config);
  const clock = steadyClock(systemClock());
  const stage = await openEmbeddedStage(folder, clock);
  const { clearLeftovers, trouble, close, ...ports } = stage;
  const provider = withDiskRoom(configuredProvider(config, overrides, clock), folder);
  const table = versionedTable(ports.table);
  const effects = createEffects(config, {
    ...ports,
    table,
    provider,
    clock,
    log,
    ...(notify ? { notify } : {}),
  });
  const runtime = { effects, close };
  const common = {
    runtime,
    folder,
    logPath,
    isDeployed: false,
    isResting: false,
    embedded: { clearLeftovers, trouble },
  };
  if (use === 'look') return { ...common, mayChange: isOwned(folder), close };
  const home = await acquireHome(folder);
  if (home.kind === 'busy') {
    await close();
    throw inUse(folder, home);
  }
  return {
    ...common,
    home,
    mayChange: true,
    close: async () => {
      home.release();
      await close();
    },
  };
}

async function openLog(config: Config): Promise<{ log: Log; logPath: string }> {
  const folder = stageFolder(config);
  await prepareHome(folder);
  const logPath = join(folder, 'pressrun.log');
  return { log: jsonLinesLog((line) => appendTo(logPath, line), Date.now), logPath };
}

/** A full disk that stops the log must not stop the work. */
function appendTo(path: string, line: string): void {
  try {
    appendFileSync(path, line, { mode: 0o600 });
  } catch {}
}
