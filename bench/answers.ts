import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** An answer around one PNG of about so many bytes, as a chat completion with the image as markdown. */
export function answerOf(imageBytes: number): Buffer {
  const png = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.from('00000400000004000802000000', 'hex')),
    chunk('IDAT', randomBytes(imageBytes)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  const content = `Here it is.\n![image](data:image/png;base64,${png.toString('base64')})`;
  return Buffer.from(
    JSON.stringify({
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 9, completion_tokens: 1300, total_tokens: 1309 },
    }),
  );
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), frame.length - 4);
  return frame;
}
