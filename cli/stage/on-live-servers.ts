import type { Config } from '../../shared/runtime/config.ts';
import { isEmbedded } from '../stage-names.ts';
import { UsageError } from '../usage-error.ts';

/** So often a look begins again, when the command that ran the stage ended meanwhile. */
const MOST_LOOKS = 5;

/** Does something with a stage; a look, which may be repeated, begins again where the servers went with their command. */
export async function onLiveServers<Result>(
  config: Config,
  isReadOnly: boolean,
  act: () => Promise<Result>,
): Promise<Result> {
  for (let nth = 1; ; nth += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isEmbedded(config.stage) || !isLostConnection(error)) throw error;
      if (isReadOnly && nth < MOST_LOOKS) continue;
      throw new UsageError(
        'the servers of the local stage are gone (was dynoxide killed?): run the same command again, nothing is lost',
        { cause: error },
      );
    }
  }
}

const LOST = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isLostConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOST.has(String(error.code));
}
