import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskStore } from '../../local/disk-store/disk-store.ts';
import { type EmbeddedStage, startEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { startFauxqs } from '../../local/stage/fauxqs.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { createQueues } from '../../shared/aws/create-resources.ts';
import { stageNames } from '../../shared/names.ts';
import type { Log } from '../../shared/pipeline/ports.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { createRuntime, type EffectOptions, type Runtime } from '../../shared/runtime/effects.ts';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';
import { isEmbedded } from '../stage-names.ts';
import { type FoundServers, ownOrJoin } from './own-or-join.ts';
import { prepareHome } from './prepare-home.ts';
import { stageFolder } from './stages.ts';

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

/** Opens the stage that the configuration names. An embedded one is started here, or joined where another command runs it. */
export async function openStage(
  config: Config,
  use: StageUse,
  options: StageOptions = {},
): Promise<OpenStage> {
  const { log, logPath } = await openLog(config);
  if (!isEmbedded(config.stage)) {
    const { withStageNames } = await import('../../shared/runtime/find-stage.ts');
    const runtime = await createRuntime(await withStageNames(config), { ...options, log });
    return { runtime, logPath, mayChange: true, close: async () => runtime.close() };
  }
  const store = diskStore(join(stageFolder(config), 'objects'));
  const stage = await ownOrJoin(config, use === 'look', startEmbeddedStage);
  if (stage.kind === 'started') {
    const runtime = await createRuntime(config, { ...options, log, store, endpoints: stage.endpoints });
    return { runtime, logPath, mayChange: use === 'work', close: () => closeBoth(runtime, stage) };
  }
  const endpoints = await withQueues(config, stage.endpoints);
  const runtime = await createRuntime(config, { ...options, log, store, endpoints });
  return { runtime, logPath, mayChange: true, close: async () => runtime.close() };
}

/** A command that only asks the ledger starts no queues: whoever joins it brings his own, which like all end with their process. */
async function withQueues({ stage }: Config, { dynamodb, sqs }: FoundServers['endpoints']) {
  if (sqs !== undefined) return { dynamodb, sqs };
  const endpoints = { dynamodb, sqs: (await startFauxqs()).endpoint };
  const clients = createClients({ customEndpoint: true, endpoints });
  await createQueues(clients, stageNames(stage));
  clients.close();
  return endpoints;
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
