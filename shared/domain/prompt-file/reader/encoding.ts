import type { FileEncoding } from '../format.ts';

interface DetectedEncoding {
  readonly encoding: FileEncoding;
  /** Bytes of the byte order mark, if there is one. */
  readonly markBytes: number;
}

/** UTF-8 or UTF-16, by mark or by the zero bytes of the first two characters, which are ASCII in headers and JSON. */
export function detectEncoding(head: Uint8Array): DetectedEncoding {
  const [a, b, c, d] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', markBytes: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', markBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  if (a !== 0 && b === 0 && c !== 0 && d === 0) return { encoding: 'utf-16le', markBytes: 0 };
  if (a === 0 && b !== 0 && c === 0 && d !== 0) return { encoding: 'utf-16be', markBytes: 0 };
  return { encoding: 'utf-8', markBytes: 0 };
}

/** The same text in UTF-8. What is not valid UTF-16 becomes U+FFFD; UTF-8 passes through untouched. */
export async function* utf8Chunks(
  bytes: AsyncIterable<Uint8Array>,
  encoding: FileEncoding,
): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    for await (const chunk of bytes) yield asBuffer(chunk);
    return;
  }
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for await (const chunk of bytes) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** How many bytes of the file a piece of `utf8Chunks` came from: U+FFFD too stands for one unit of UTF-16. */
export function bytesInFile(utf8: Buffer, encoding: FileEncoding): number {
  return encoding === 'utf-8' ? utf8.length : 2 * utf8.toString().length;
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The beginning in UTF-8, without a UTF-16 character that is cut at its end. */
export function utf8Head(head: Uint8Array, encoding: FileEncoding): Buffer {
  if (encoding === 'utf-8') return asBuffer(head);
  return Buffer.from(new TextDecoder(encoding, { ignoreBOM: true }).decode(head, { stream: true }));
}
