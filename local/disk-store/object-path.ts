import { join } from 'node:path';

/** Everything that is not an object: half-written files. */
const hiddenFolder = '.meta';

/** A key that cannot be a path inside the store. */
export class InvalidKeyError extends Error {
  override name = 'InvalidKeyError';
}

/** The file of an object. Throws `InvalidKeyError` for a key that would leave the folder or reach into its hidden part. */
export function objectPath(root: string, key: string): string {
  const segments = key.split('/');
  if (!segments.every(isPlainName) || segments[0]?.startsWith('.')) {
    throw new InvalidKeyError(
      `object key ${JSON.stringify(key.slice(0, 200))} cannot be a file: no empty or dotted parts, no backslash, no control characters`,
    );
  }
  return join(root, ...segments);
}

/** A name that is one step down and no other, on every platform. */
export function isPlainName(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return name !== '' && name !== '.' && name !== '..' && !/[\\\u0000-\u001f\u007f]/.test(name);
}

/** Where files are written before they get their name. On the same file system, so that they can be renamed. */
export function temporaryFolder(root: string): string {
  return join(root, hiddenFolder, 'unfinished');
}
