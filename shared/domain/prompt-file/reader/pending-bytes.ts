/** Bytes that were read but are not yet part of a whole record, kept in the pieces in which they came. */
interface PendingBytes {
  add(chunk: Buffer): void;
  /** Where the first of them stands, counted from the first byte ever added. */
  startByte(): number;
  length(): number;
  /** Takes out those before that byte (counted as in `startByte`); without one, all. */
  take(endByte?: number): Buffer;
}

export function pendingBytes(): PendingBytes {
  let pieces: Buffer[] = [];
  let start = 0;
  let length = 0;
  return {
    add(chunk) {
      pieces.push(chunk);
      length += chunk.length;
    },
    startByte: () => start,
    length: () => length,
    take(endByte = start + length) {
      const whole = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
      const taken = whole.subarray(0, endByte - start);
      pieces = taken.length < whole.length ? [whole.subarray(taken.length)] : [];
      start += taken.length;
      length -= taken.length;
      return taken;
    },
  };
}

/** How often the byte of a line break stands in the bytes. */
export function countLineBreaks(bytes: Buffer, lineBreak: '\n' | '\r'): number {
  const code = lineBreak.charCodeAt(0);
  let count = 0;
  for (let at = bytes.indexOf(code); at >= 0; at = bytes.indexOf(code, at + 1)) count += 1;
  return count;
}
