import { rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from '../domain/error-code.ts';

/** All that differs between Windows and the others; everything else is the same wherever Node runs. */
interface Platform {
  /** Whether a folder can be opened, to bring its names to the disk. */
  readonly syncsFolders: boolean;
  /** Whether a file that may not be written to can be deleted and replaced anyway. */
  readonly deletesReadOnlyFiles: boolean;
  /** Gives a file another name in one step, over a file that has it. */
  rename(from: string, to: string): Promise<void>;
}

const MOST_TRIES = 10;
const FIRST_WAIT_MS = 10;
/** What Windows answers while a virus scanner or a viewer has one of the files open. */
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

/** The one that this process runs on. */
export const PLATFORM = platformOf(process.platform);
