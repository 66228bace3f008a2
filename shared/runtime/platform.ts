import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../domain/error-code.ts';

/** All differences between Windows and other systems. */
interface Platform {
  /** Folders can be synced. */
  readonly syncsFolders: boolean;
  /** Read-only files can be deleted and replaced. */
  readonly deletesReadOnlyFiles: boolean;
  /** Renames in one step, over an existing file. */
  rename(from: string, to: string): Promise<void>;
}

const MOST_TRIES = 10;
const FIRST_WAIT_MS = 10;
/** Windows' errors while a virus scanner or viewer has a file open. */
const IN_USE = new Set(['EPERM', 'EACCES', 'EBUSY']);

interface Tools {
  readonly move: (from: string, to: string) => Promise<void>;
  readonly wait: (ms: number) => Promise<unknown>;
}

export function platformOf(
  name: NodeJS.Platform,
  { move, wait }: Tools = { move: rename, wait: (ms) => delay(ms) },
): Platform {
  if (name !== 'win32') return { syncsFolders: true, deletesReadOnlyFiles: true, rename: move };

  async function renameWhenFree(from: string, to: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await move(from, to);
      } catch (error) {
        if (tries >= MOST_TRIES || !isInUse(error)) throw error;
        await wait(FIRST_WAIT_MS * tries);
      }
    }
  }
  return { syncsFolders: false, deletesReadOnlyFiles: false, rename: renameWhenFree };
}

function isInUse(error: unknown): boolean {
  return IN_USE.has(errorCode(error));
}

export const PLATFORM = platformOf(process.platform);
