/** A value as one line of ASCII, which is all that S3 takes as metadata (2 KB together). */
export function toMetadata(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** The value that a line of metadata stands for; undefined if it stands for none. */
export function fromMetadata(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
