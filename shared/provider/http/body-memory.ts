import type { IncomingHttpHeaders } from 'node:http';

interface BodyMemory {
  /** Before the first byte: for all of them if the length is known. */
  begin(): Promise<void> | undefined;
  /** After so many bytes; the next ones wait for the promise. */
  grow(bytes: number): Promise<void> | undefined;
}

/** Memory for a body of unknown length, at first and by step. */
const STEP_BYTES = 1024 * 1024;

export function memoryOfBody(
  headers: IncomingHttpHeaders,
  maxBytes: number,
  reserve: (bytes: number) => Promise<void> | undefined,
): BodyMemory {
  let reserved = Math.min(maxBytes, expectedBytes(headers) || STEP_BYTES);
  return {
    begin: () => reserve(reserved),
    grow(bytes) {
      if (bytes <= reserved || reserved >= maxBytes) return undefined;
      // By half, like the buffer that it is decoded into.
      const more = Math.min(maxBytes - reserved, Math.max(STEP_BYTES, Math.ceil(reserved / 2)));
      reserved += more;
      return reserve(more);
    },
  };
}

/** The announced bytes; 0 if the body is compressed or chunked. */
export function expectedBytes(headers: IncomingHttpHeaders): number {
  const bytes = Number(headers['content-length'] ?? 0);
  return headers['content-encoding'] === undefined && Number.isSafeInteger(bytes) ? bytes : 0;
}
