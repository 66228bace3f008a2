/** A value as one line of ASCII: S3's metadata (2 KB in all). */
export function toMetadata(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A metadata line's value; undefined if it has none. */
export function fromMetadata(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
