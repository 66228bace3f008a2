import type { LetterDecoder } from './letter-decoder.ts';

/** The bytes of a response by their place. */
export interface ByteStore {
  readonly length: number;
  readonly rawLength: number;
  push(bytes: Buffer): void;
  /** The next letters are this decoder's, which may take more while nothing follows. */
  pushDecoded(decoder: LetterDecoder): void;
  pieces(from: number, to: number): Generator<Buffer>;
  /** The only decoded stretch between two places, and its start. */
  decodedWithin(
    from: number,
    to: number,
  ): { readonly decoder: LetterDecoder; readonly start: number } | undefined;
}

type Part =
  | { readonly kind: 'raw'; readonly bytes: Buffer }
  | { readonly kind: 'decoded'; readonly decoder: LetterDecoder };

/** Keeps every byte once, decoded letters as their bytes. */
export function createByteStore(): ByteStore {
  const parts: Part[] = [];
  const starts: number[] = [];
  let rawBytes = 0;

  function add(part: Part, length: number): void {
    starts.push(length);
    parts.push(part);
  }

  function lengthNow(): number {
    const last = parts.at(-1);
    return last === undefined ? 0 : (starts.at(-1) ?? 0) + lengthOf(last);
  }

  return {
    get length() {
      return lengthNow();
    },
    get rawLength() {
      return rawBytes;
    },
    push(bytes) {
      if (bytes.length === 0) return;
      rawBytes += bytes.length;
      add({ kind: 'raw', bytes: Buffer.from(bytes) }, lengthNow());
    },
    pushDecoded(decoder) {
      add({ kind: 'decoded', decoder }, lengthNow());
    },
    *pieces(from, to) {
      for (let index = partAt(starts, from); index < parts.length; index += 1) {
        const part = parts[index];
        const start = starts[index];
        if (part === undefined || start === undefined || start >= to) return;
        yield* within(part, Math.max(0, from - start), Math.min(lengthOf(part), to - start));
      }
    },
    decodedWithin(from, to) {
      const found: { decoder: LetterDecoder; start: number }[] = [];
      for (let index = partAt(starts, from); index < parts.length; index += 1) {
        const part = parts[index];
        const start = starts[index] ?? 0;
        if (part === undefined || start >= to) break;
        if (part.kind === 'decoded') found.push({ decoder: part.decoder, start });
      }
      const [only] = found;
      return found.length === 1 && only !== undefined && only.start >= from ? only : undefined;
    },
  };
}

function lengthOf(part: Part): number {
  return part.kind === 'raw' ? part.bytes.length : part.decoder.length;
}

function* within(part: Part, from: number, to: number): Generator<Buffer> {
  if (to <= from) return;
  if (part.kind === 'raw') yield part.bytes.subarray(from, to);
  else yield* part.decoder.letters(from, to);
}

/** The last part that begins at or before the place. */
function partAt(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
