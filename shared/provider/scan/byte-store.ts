/** The bytes of an answer as they arrived, addressed by their place in the whole. */
export interface ByteStore {
  readonly length: number;
  push(chunk: Buffer): void;
  /** Views on the bytes from one place to another, in order; nothing is copied. */
  pieces(from: number, to: number): Generator<Buffer>;
}

/** Keeps every chunk once, so that base64, small text and quarantine share the same memory. */
export function createByteStore(): ByteStore {
  const chunks: Buffer[] = [];
  const starts: number[] = [];
  let length = 0;

  return {
    get length() {
      return length;
    },
    push(chunk) {
      if (chunk.length === 0) return;
      chunks.push(chunk);
      starts.push(length);
      length += chunk.length;
    },
    *pieces(from, to) {
      for (let index = chunkAt(starts, from); index < chunks.length; index += 1) {
        const chunk = chunks[index];
        const start = starts[index];
        if (chunk === undefined || start === undefined || start >= to) return;
        yield chunk.subarray(Math.max(0, from - start), Math.min(chunk.length, to - start));
      }
    },
  };
}

/** The last chunk that begins at or before the place, found by halving. */
function chunkAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return low;
}
