import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { makePrivateFolder } from '../../local/stage/private-folder.ts';
import { makeFolder } from '../files/make-folder.ts';
import { oneLine } from '../text/one-line.ts';
import { UsageError } from '../usage-error.ts';

/** Throws `UsageError` if data can't be kept in the folder. */
export async function prepareHome(folder: string): Promise<void> {
  const problem = `${folder}: pressrun's data cannot be kept here; name another folder with --home`;
  try {
    // Not the private one first: a file system without such a folder must say so.
    await makeFolder(folder, 0o700);
    await makePrivateFolder(folder);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(`${problem} (${oneLine(error)})`, { cause: error });
  }
  if (!(await stat(folder)).isDirectory()) throw new UsageError(problem);
}
