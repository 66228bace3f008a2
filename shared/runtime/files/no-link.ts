import { constants } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, sep } from 'node:path';

/** Refuses links. Windows has no such flag; there, making links takes a permission. */
export const READ_NO_LINK = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

/** Whether a file is really below the folder, through no link. */
export async function isInside(root: string, path: string): Promise<boolean> {
  const [base, folder] = await Promise.all([realpath(root), realpath(dirname(path))]);
  return folder === base || folder.startsWith(base + sep);
}
