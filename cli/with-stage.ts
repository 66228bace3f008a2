import type { Config } from '../shared/runtime/config.ts';
import { type OpenStage, openStage, type StageOptions, type StageUse } from './open-stage.ts';
import { isEmbedded } from './stages.ts';
import { UsageError } from './usage-error.ts';

/** So often a look begins again, when the command that ran the stage ended meanwhile. */
const MOST_LOOKS = 5;

/** Opens the stage that the configuration names, does something with it, and closes it whatever comes of it. */
export async function withStage<Result>(
  config: Config,
  use: StageUse,
  options: StageOptions,
  act: (stage: OpenStage) => Promise<Result>,
): Promise<Result> {
  for (let nth = 1; ; nth += 1) {
    try {
      return await withOpenStage(config, use, options, act);
    } catch (error) {
      if (!isEmbedded(config.stage) || !isLostConnection(error)) throw error;
      if (use === 'look' && nth < MOST_LOOKS) continue;
      throw new UsageError(
        'the servers of the local stage are gone (was dynoxide killed?): run the same command again, nothing is lost',
        { cause: error },
      );
    }
  }
}

async function withOpenStage<Result>(
  config: Config,
  use: StageUse,
  options: StageOptions,
  act: (stage: OpenStage) => Promise<Result>,
): Promise<Result> {
  const stage = await openStage(config, use, options);
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}

const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOST.has(String(error.code));
}
