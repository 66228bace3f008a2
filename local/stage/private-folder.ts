import { chmod, mkdir, stat } from 'node:fs/promises';

/** Keeps other users of the machine from prompts, prices and images. */
const OWNER_ONLY = 0o700;

/** Makes a stage's folder private, also one that an earlier pressrun left open. Parents that exist stay as they are. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: OWNER_ONLY });
  const { mode, uid } = await stat(path);
  if ((mode & 0o077) === 0 || uid !== process.getuid?.()) return;
  await chmod(path, OWNER_ONLY);
}

/** Private by themselves, because folders are moved and copied. */
export async function makePrivateFile(path: string): Promise<void> {
  const { mode, uid } = await stat(path);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) await chmod(path, 0o600);
}
