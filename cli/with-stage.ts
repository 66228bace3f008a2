import type { Config } from '../shared/runtime/config.ts';
import { type OpenStage, openStage, type StageOptions, type StageUse } from './open-stage.ts';
import { isEmbedded } from './stages.ts';
import { UsageError } from './usage-error.ts';

/** Opens the stage that the configuration names, does something with it, and closes it whatever comes of it. */
export async function withStage<Result>(
  config: Config,
  use: StageUse,
  options: StageOptions,
  act: (stage: OpenStage) => Promise<Result>,
): Promise<Result> {
  const stage = await openStage(config, use, options);
  try {
    return await act(stage);
  } catch (error) {
    if (!isEmbedded(config.stage) || !isLostConnection(error)) throw error;
    throw new UsageError(
      'the servers of the local stage are gone (was dynoxide killed?): run the same command again, nothing is lost',
      { cause: error },
    );
  } finally {
    await stage.close();
  }
}

const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOST.has(String(error.code));
}
