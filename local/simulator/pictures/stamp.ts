import { crc32 } from 'node:zlib';
import type { ImageType } from '../../../shared/domain/item/image-type.ts';

const PNG_HEADER_BYTES = 8 + 25;
const RIFF_HEADER_BYTES = 12;

/** The same picture with a note among its metadata, so that no two calls bring the same bytes. The pixels are not touched. */
export function stampPicture(bytes: Buffer, type: ImageType, note: string): Buffer {
  const text = Buffer.from(note, 'latin1');
  switch (type) {
    case 'image/png':
      return insert(bytes, PNG_HEADER_BYTES, pngText(text));
    case 'image/jpeg':
      return insert(bytes, 2, jpegComment(text));
    case 'image/webp':
      return withRiffChunk(bytes, text);
  }
}

function insert(bytes: Buffer, at: number, part: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
}

function pngText(text: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from('tEXtComment\0', 'latin1'), text]);
  return Buffer.concat([uint32(body.length - 4, 'big'), body, uint32(crc32(body), 'big')]);
}

function jpegComment(text: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xfe, 0, 0]);
  head.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([head, text]);
}

/** Readers pass over chunks that they do not know; one after the picture disturbs nothing. */
function withRiffChunk(bytes: Buffer, text: Buffer): Buffer {
  const padding = Buffer.alloc(text.length % 2);
  const chunk = [Buffer.from('NOTE', 'latin1'), uint32(text.length, 'little'), text, padding];
  const out = Buffer.concat([bytes, ...chunk]);
  out.writeUInt32LE(out.length - RIFF_HEADER_BYTES + 4, 4);
  return out;
}

function uint32(value: number, order: 'big' | 'little'): Buffer {
  const out = Buffer.alloc(4);
  if (order === 'big') out.writeUInt32BE(value);
  else out.writeUInt32LE(value);
  return out;
}
