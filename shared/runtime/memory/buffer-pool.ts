/** Large buffers, used again: a fresh one costs a page fault every 4 KB, and enough of them a full collection. */
interface BufferPool {
  /** A buffer of so many bytes or more, whatever is in it. */
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

/** Smaller ones are cheap to make. */
const LEAST_BYTES = 64 * 1024;
/** The most of a buffer that may go unused. */
const WIDEST = 1.5;

/** Keeps up to so many bytes, those that were used last. */
export function createBufferPool(limit: number): BufferPool {
  const idle: Buffer[] = [];
  let idleBytes = 0;
  let lentBytes = 0;

  function remove(place: number): Buffer | undefined {
    const [buffer] = idle.splice(place, 1);
    idleBytes -= buffer?.length ?? 0;
    return buffer;
  }

  function shrink(): void {
    while (idle.length > 0 && idleBytes + lentBytes > limit) remove(0);
  }

  return {
    take(bytes) {
      if (bytes < LEAST_BYTES) return Buffer.allocUnsafeSlow(bytes);
      const place = idle.findLastIndex(({ length }) => length >= bytes && length <= bytes * WIDEST);
      const buffer = (place < 0 ? undefined : remove(place)) ?? Buffer.allocUnsafeSlow(bytes);
      lentBytes += buffer.length;
      shrink();
      return buffer;
    },
    give(buffer) {
      if (buffer.length < LEAST_BYTES) return;
      lentBytes -= buffer.length;
      idle.push(buffer);
      idleBytes += buffer.length;
      shrink();
    },
  };
}
