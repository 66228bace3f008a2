import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Room for what calls in progress still have to write, and for the pause that tells of the full disk. */
const RESERVE_BYTES = 8 * 1024 * 1024;

/** Space on the table's disk that is given up when the disk is full. */
export interface DiskReserve {
  /** Takes the space, if it isn't taken yet. Throws what the disk says. */
  allocate(): void;
  /** Whether there was something to give up. */
  giveUp(): boolean;
}

export function diskReserve(path: string): DiskReserve {
  return {
    allocate: () => {
      if (existsSync(path)) return;
      try {
        writeFileSync(path, Buffer.alloc(RESERVE_BYTES, 1), { mode: 0o600, flag: 'wx' });
      } catch (error) {
        rmSync(path, { force: true });
        throw error;
      }
    },
    giveUp: () => {
      if (!existsSync(path)) return false;
      rmSync(path, { force: true });
      return true;
    },
  };
}
