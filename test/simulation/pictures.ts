import { crc32, deflateSync } from 'node:zlib';
import type { DecodedImage } from '../../shared/provider/types.ts';

const SIDE_PX = 32;
const [PNG_START, PNG_END] = pngParts();
/** 48 × 32 pixels of one colour. */
const JPEG = Buffer.from(
  '/9j/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigj' +
    'KE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKT/wAARCAAgADADASIAAhEBAxEB/8QA' +
    'FQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAAAAT/xAAUEQEAAAAAAAAAAAAA' +
    'AAAAAAAA/9oADAMBAAIRAxEAPwCUBUmAAAAAAAAAAf/Z',
  'base64',
);

/** A real picture of a few hundred bytes, other than that of every other note. */
export function picture(type: 'image/png' | 'image/jpeg', note: string): DecodedImage {
  const text = Buffer.from(note);
  if (type === 'image/png') {
    const bytes = Buffer.concat([PNG_START, pngChunk('tEXt', text), PNG_END]);
    return { bytes, type, width: SIDE_PX, height: SIDE_PX };
  }
  const comment = Buffer.alloc(4);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(text.length + 2, 2);
  const bytes = Buffer.concat([JPEG.subarray(0, 2), comment, text, JPEG.subarray(2)]);
  return { bytes, type, width: 48, height: 32 };
}

function pngParts(): readonly [Buffer, Buffer] {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE_PX, 0);
  header.writeUInt32BE(SIDE_PX, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(SIDE_PX * (SIDE_PX + 1)));
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return [
    Buffer.concat([signature, pngChunk('IHDR', header)]),
    Buffer.concat([pngChunk('IDAT', pixels), pngChunk('IEND', Buffer.alloc(0))]),
  ];
}

function pngChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}
