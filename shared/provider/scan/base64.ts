import { BACKSLASH, BASE64, BYTE_CLASS, classOf } from './base64-alphabet.ts';
import { createEscapeReader, ESCAPE_CONTINUES, type EscapeReader, NOT_AN_ESCAPE } from './json-escape.ts';

/** Base64 out of a response, not decoded and not in one piece. */
export interface LiftedBase64 {
  /** Without padding. */
  readonly letters: number;
  /** Ends in `=`, so nothing can follow. */
  readonly padded: boolean;
  /** Its letters as ASCII, in order; the last piece may end in padding. */
  chunks(): Iterable<Buffer>;
  /** Its bytes, if decoded as they arrived. */
  decoded?(): Buffer;
}

/** Divisible by 4; larger strings leave the young generation and decode four times as slowly. */
const SLICE_LETTERS = 48 * 1024;

/** Decodes either alphabet, slice by slice, up to `limit` bytes. Undefined for a length of 1 mod 4 (contract §2). */
export function decodeBase64(source: LiftedBase64, limit = Number.POSITIVE_INFINITY): Buffer | undefined {
  const isPart = limit * 4 < source.letters * 3;
  if (!isPart && source.letters % 4 === 1) return undefined;
  const decoded = source.decoded?.();
  if (decoded !== undefined) return limit < decoded.length ? decoded.subarray(0, limit) : decoded;
  const target = Buffer.allocUnsafeSlow(Math.min(limit, Math.floor((source.letters * 3) / 4)));
  let written = 0;
  let carry = '';
  for (const chunk of source.chunks()) {
    for (let at = 0; at < chunk.length && written < target.length; at += SLICE_LETTERS) {
      const letters = carry + chunk.toString('latin1', at, Math.min(chunk.length, at + SLICE_LETTERS));
      const whole = letters.length - (letters.length % 4);
      carry = letters.slice(whole);
      written += target.write(letters.slice(0, whole), written, 'base64');
    }
    if (written >= target.length) break;
  }
  if (written < target.length) written += target.write(carry, written, 'base64');
  return target.subarray(0, written);
}

/** The letters alone: resolves white space, padding and JSON escapes, which a chunk may cut. */
export function* cleanBase64(chunks: Iterable<Buffer>): Generator<Buffer> {
  const reader = createEscapeReader();
  for (const chunk of chunks) {
    const clean = Buffer.allocUnsafe(chunk.length);
    yield clean.subarray(0, copyLetters(chunk, clean, reader));
  }
}

function copyLetters(chunk: Buffer, clean: Buffer, reader: EscapeReader): number {
  let length = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] ?? 0;
    const kind = BYTE_CLASS[byte];
    if (reader.isActive()) {
      const code = reader.feed(byte);
      if (code === NOT_AN_ESCAPE) at -= 1;
      else if (code !== ESCAPE_CONTINUES && classOf(code) === BASE64) clean[length++] = code;
    } else if (kind === BASE64) {
      clean[length++] = byte;
    } else if (kind === BACKSLASH) {
      reader.begin();
    }
  }
  return length;
}
