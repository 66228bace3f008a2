import { chmod, copyFile, constants as fs, link, rm, stat } from 'node:fs/promises';
import { nameList } from '../../shared/domain/canonical-name.ts';
import { errorCode } from '../../shared/domain/error-code.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';

/** A way to have a file in a second place, the cheapest first. */
type Way = 'clone' | 'link' | 'copy';

/** What a file system says that cannot do it, or not between these two places. */
const CANNOT = new Set(nameList('ENOTSUP, EOPNOTSUPP, ENOSYS, ENOTTY, EXDEV, EINVAL, EPERM, EACCES, EMLINK'));

/** Gives files of the object store a second place; throws what the disk says where even a copy fails. */
interface FilePlacer {
  /** Gives the file a second name, which must be free. It takes room on the disk only if it had to be copied. */
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
      // Windows does not let a read-only file be deleted.
      if (PLATFORM.deletesReadOnlyFiles) await chmod(to, 0o444);
      return;
    case 'copy':
      return await copyFile(from, to, fs.COPYFILE_EXCL);
  }
}

/** Whether two names are of one file. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((path) => stat(path, { bigint: true }).catch(() => undefined)),
  );
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
}
