import { setTimeout } from 'node:timers/promises';
import type { EmbeddedStageOptions } from '../../local/stage/embedded-table.ts';
import type { Acquired } from '../../local/stage/home-lock.ts';
import type { StageFile } from '../../local/stage/stage-file.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { UsageError } from '../usage-error.ts';
import { stageFolder } from './stages.ts';

/** The servers of an embedded stage that another process runs. */
export interface FoundServers {
  readonly kind: 'found';
  readonly endpoints: NonNullable<StageFile['endpoints']>;
}

/** A command that only looks has the stage for a second: worth waiting for. */
const PATIENCE_MS = 2_000;
const RETRY_MS = 100;

/** Starts the servers of an embedded stage, or joins those of another command. Throws `UsageError` where neither can be. */
export async function ownOrJoin<Started extends { readonly kind: 'started' }>(
  config: Config,
  mayJoin: boolean,
  start: (options: EmbeddedStageOptions) => Promise<Started | Extract<Acquired, { kind: 'busy' }>>,
): Promise<Started | FoundServers> {
  const { home, stage, dynamoEndpoint, searchPath } = config;
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const found = await start({
      home,
      stage,
      nowMs: Date.now(),
      ...(dynamoEndpoint === undefined ? {} : { dynamoEndpoint }),
      ...(searchPath === undefined ? {} : { searchPath }),
    });
    if (found.kind === 'started') return found;
    const { pid, sinceMs, endpoints } = found;
    if (mayJoin && endpoints !== undefined) return { kind: 'found', endpoints };
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
