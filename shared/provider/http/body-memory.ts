import type { IncomingHttpHeaders } from 'node:http';

/** Asks for memory as a body needs it. */
interface BodyMemory {
  /** Before the first byte is read: for all of it, where its length is known. */
  begin(): Promise<void> | undefined;
  /** So many bytes have come; the next ones wait for what this gives. */
  grow(bytes: number): Promise<void> | undefined;
}

/** What a body that doesn't say its length begins with, and grows by. */
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
      // By halves, as the buffer that it is decoded into.
      const more = Math.min(maxBytes - reserved, Math.max(STEP_BYTES, Math.ceil(reserved / 2)));
      reserved += more;
      return reserve(more);
    },
  };
}

/** Bytes of the body as announced; none if it is compressed, or comes in pieces. */
export function expectedBytes(headers: IncomingHttpHeaders): number {
  const bytes = Number(headers['content-length'] ?? 0);
  return headers['content-encoding'] === undefined && Number.isSafeInteger(bytes) ? bytes : 0;
}
