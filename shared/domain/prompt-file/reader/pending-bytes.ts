/** Bytes that are not yet part of a whole record, in the pieces in which they came. */
interface PendingBytes {
  add(chunk: Buffer): void;
  length(): number;
  /** Takes all of them out. */
  take(): Buffer;
}

export function pendingBytes(): PendingBytes {
  let pieces: Buffer[] = [];
  let length = 0;
  return {
    add(chunk) {
      pieces.push(chunk);
      length += chunk.length;
    },
    length: () => length,
    take() {
      const [first = Buffer.alloc(0), ...others] = pieces;
      const whole = others.length === 0 ? first : Buffer.concat(pieces);
      pieces = [];
      length = 0;
      return whole;
    },
  };
}

export function countLineBreaks(bytes: Buffer, lineBreak: '\n' | '\r'): number {
  const code = lineBreak.charCodeAt(0);
  let count = 0;
  for (let at = bytes.indexOf(code); at >= 0; at = bytes.indexOf(code, at + 1)) count += 1;
  return count;
}
