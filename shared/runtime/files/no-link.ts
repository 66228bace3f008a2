import { constants } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';

/** Opens a file to read it, and no link. Windows has no such flag; there, links take a right of their own to make. */
export const READ_NO_LINK = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Whether a file is really below the folder: a folder on the way may be a link that somebody put there. */
export async function isInside(root: string, path: string): Promise<boolean> {
  const [base, folder] = await Promise.all([realpath(root), realpath(dirname(path))]);
  return folder === base || folder.startsWith(base + sep);
}
