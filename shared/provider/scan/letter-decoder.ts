import type { AnswerMemory } from '../types.ts';
import { BASE64, BYTE_CLASS } from './base64-alphabet.ts';

/** Base64 letters that are decoded as they arrive, and can be written again. */
export interface LetterDecoder {
  readonly length: number;
  /** Takes letters from that place; returns the first place with none, or of the other alphabet. */
  take(chunk: Buffer, from: number): number;
  /** The letters between two places, in pieces. */
  letters(from: number, to: number): Generator<Buffer>;
  /** All bytes, with the adjacent letters'; `before` as long as announced. */
  whole(before: Buffer, behind: Buffer): Buffer;
}

interface LetterDecoderOptions {
  /** Preceding letters of the same base64; divisible by 4. */
  readonly lettersBefore: number;
  /** About so many letters will come, if known. */
  readonly expected?: number;
  readonly memory: Pick<AnswerMemory, 'buffer' | 'recycle'>;
}

/** Larger strings leave the young generation and decode four times as slowly. */
const LARGEST_SLICE = 48 * 1024;
/** Slices double from here, so that a slice decoded in vain is never more than was taken. */
const SMALLEST_SLICE = 1024;
const LEAST_CAPACITY = 16 * 1024;

/** Decodes slices with Node's decoder, which skips other characters: three bytes for four letters show that all were letters. */
export function createLetterDecoder(options: LetterDecoderOptions): LetterDecoder {
  const { lettersBefore, expected = 0, memory } = options;
  const headroom = (lettersBefore / 4) * 3;
  const decoded: Decoded = {
    bytes: memory.buffer(headroom + Math.max(LEAST_CAPACITY, bytesOf(expected))),
    from: headroom,
    to: headroom,
  };
  let encoding: 'base64' | 'base64url' | undefined;
  let group = '';
  let slice = SMALLEST_SLICE;
  let isMixed = false;

  function decode(letters: string): boolean {
    const isUrl = letters.includes('-') || letters.includes('_');
    encoding ??= isUrl ? 'base64url' : 'base64';
    isMixed = encoding === 'base64url' ? letters.includes('+') || letters.includes('/') : isUrl;
    if (isMixed) return false;
    const bytes = bytesOf(letters.length);
    makeRoom(decoded, bytes, memory);
    if (decoded.bytes.write(letters, decoded.to, encoding) !== bytes) return false;
    decoded.to += bytes;
    return true;
  }

  /** Completes the current group; returns the place behind it. */
  function fillGroup(chunk: Buffer, from: number): number {
    if (group === '') return from;
    const to = endOfLetters(chunk, from, from + 4 - group.length);
    const filled = group + chunk.toString('latin1', from, to);
    if (filled.length === 4 && !decode(filled)) return from;
    group = filled.length === 4 ? '' : filled;
    return to;
  }

  function takeSlices(chunk: Buffer, from: number): number {
    let at = from;
    while (!isMixed) {
      const size = Math.min(slice, wholeGroups(chunk.length - at));
      if (size === 0 || !decode(chunk.toString('latin1', at, at + size))) break;
      at += size;
      slice = Math.min(LARGEST_SLICE, slice * 2);
    }
    return at;
  }

  return {
    get length() {
      return lettersOf(decoded) + group.length;
    },
    take(chunk, from) {
      const filled = fillGroup(chunk, from);
      if (group !== '' || isMixed) return filled;
      const at = takeSlices(chunk, filled);
      if (isMixed) return at;
      const to = endOfLetters(chunk, at, at + slice);
      const groupAt = at + wholeGroups(to - at);
      if (groupAt > at && !decode(chunk.toString('latin1', at, groupAt))) return at;
      group = chunk.toString('latin1', groupAt, to);
      return to;
    },
    letters: (from, to) => encoded(decoded, encoding, group, from, to),
    whole(before, behind) {
      decoded.bytes.write(before.toString('latin1'), 0, 'base64');
      const rest = group + behind.toString('latin1');
      makeRoom(decoded, bytesOf(rest.length) + 3, memory);
      const { bytes, to } = decoded;
      return bytes.subarray(0, to + bytes.write(rest, to, 'base64'));
    },
  };
}

/** Decoded bytes in a buffer with room before and behind them. */
interface Decoded {
  bytes: Buffer;
  readonly from: number;
  to: number;
}

function makeRoom(decoded: Decoded, bytes: number, memory: LetterDecoderOptions['memory']): void {
  const { bytes: full, to } = decoded;
  if (to + bytes <= full.length) return;
  decoded.bytes = memory.buffer(Math.max(to + bytes, Math.ceil(full.length * 1.5)));
  full.copy(decoded.bytes, 0, 0, to);
  memory.recycle(full);
}

function lettersOf({ from, to }: Decoded): number {
  return ((to - from) / 3) * 4;
}

/** The letters of the bytes, then those of the incomplete group. */
function* encoded(
  decoded: Decoded,
  encoding: 'base64' | 'base64url' | undefined,
  group: string,
  from: number,
  to: number,
): Generator<Buffer> {
  const inBytes = lettersOf(decoded);
  for (let at = from - (from % 4); at < Math.min(to, inBytes); at += LARGEST_SLICE) {
    const byte = decoded.from + bytesOf(at);
    const text = decoded.bytes.toString(encoding, byte, Math.min(decoded.to, byte + bytesOf(LARGEST_SLICE)));
    yield Buffer.from(text, 'latin1').subarray(Math.max(0, from - at), to - at);
  }
  if (to > inBytes) yield Buffer.from(group, 'latin1').subarray(Math.max(0, from - inBytes), to - inBytes);
}

/** The first place that is no letter, at most `limit`. */
export function endOfLetters(chunk: Buffer, from: number, limit: number): number {
  const last = Math.min(chunk.length, limit);
  let end = from;
  while (end < last && BYTE_CLASS[chunk[end] ?? 0] === BASE64) end += 1;
  return end;
}

function wholeGroups(letters: number): number {
  return letters - (letters % 4);
}

function bytesOf(letters: number): number {
  return Math.floor((letters * 3) / 4);
}
