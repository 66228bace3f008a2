import { join } from 'node:path';

/** Half-written files. */
const hiddenFolder = '.meta';

/** A key that is no path inside the store. */
export class InvalidKeyError extends Error {
  override name = 'InvalidKeyError';
}

/** Throws `InvalidKeyError` for a key that leaves the folder or reaches its hidden part. */
export function objectPath(root: string, key: string): string {
  const segments = key.split('/');
  if (!segments.every(isPlainName) || segments[0]?.startsWith('.')) {
    throw new InvalidKeyError(
      `object key ${JSON.stringify(key.slice(0, 200))} cannot be a file: no empty or dotted parts, no backslash, no control characters`,
    );
  }
  return join(root, ...segments);
}

/** One step down on every platform. */
export function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return name !== '' && name !== '.' && name !== '..' && !/[\\\u0000-\u001f\u007f]/.test(name);
}

/** For unfinished files; on the same file system, so that they can be renamed. */
export function temporaryFolder(root: string): string {
  return join(root, hiddenFolder, 'unfinished');
}
