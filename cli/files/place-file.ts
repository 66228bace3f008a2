import { chmod, copyFile, constants as fs, link, rm, stat } from 'node:fs/promises';
import { nameList } from '../../shared/domain/canonical-name.ts';
import { errorCode } from '../../shared/domain/error-code.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';

/** Cheapest first. */
type Way = 'clone' | 'link' | 'copy';

/** Errors of a file system that can't do it, or not between these places. */
const CANNOT = new Set(nameList('ENOTSUP, EOPNOTSUPP, ENOSYS, ENOTTY, EXDEV, EINVAL, EPERM, EACCES, EMLINK'));

/** Gives stored files a second place; throws the disk's error if even a copy fails. */
interface FilePlacer {
  /** The name must be free. Takes disk space only for a copy. */
  place(from: string, to: string): Promise<Way>;
}

/** Clones, else links (read-only, so that an editor can't change the stored image), else copies. Doesn't retry a failed way. */
export function createFilePlacer(ways: readonly Way[] = ['clone', 'link', 'copy']): FilePlacer {
  let left = ways;

  async function place(from: string, to: string): Promise<Way> {
    const [way = 'copy', ...others] = left;
    try {
      await placeBy(way, from, to);
      return way;
    } catch (error) {
      if (others.length === 0 || !CANNOT.has(errorCode(error))) throw error;
      left = others;
      await rm(to, { force: true });
      return await place(from, to);
    }
  }

  return { place };
}

async function placeBy(way: Way, from: string, to: string): Promise<void> {
  switch (way) {
    case 'clone':
      return await copyFile(from, to, fs.COPYFILE_EXCL | fs.COPYFILE_FICLONE_FORCE);
    case 'link':
      await link(from, to);
      // Windows can't delete read-only files.
      if (PLATFORM.deletesReadOnlyFiles) await chmod(to, 0o444);
      return;
    case 'copy':
      return await copyFile(from, to, fs.COPYFILE_EXCL);
  }
}

export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
