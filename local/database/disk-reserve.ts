import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** For what calls in progress must still write, and the full disk's pause. */
const RESERVE_BYTES = 8 * 1024 * 1024;

/** Disk space that is released when the disk is full. */
export interface DiskReserve {
  /** Reserves the space once. Throws the disk's error. */
  allocate(): void;
  /** Whether there was any. */
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
