/** Reuses large buffers: a fresh one costs a page fault every 4 KB, and many a full collection. */
interface BufferPool {
  /** At least so large, with any content. */
  take(bytes: number): Buffer;
  give(buffer: Buffer): void;
}

/** Smaller ones are cheap. */
const LEAST_BYTES = 64 * 1024;
/** The most unused part of a buffer. */
const WIDEST = 1.5;

/** Keeps up to so many bytes, most recently used. */
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
