/**
 * How much reading one answer costs: the scanner beside plain `JSON.parse` and a regular expression, on the same
 * answers in the same run. Each reading has a process of its own, so that its peak of memory is its own.
 * `node bench/read-answer.ts` prints one line of JSON a reading.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import { parseAnswer } from '../shared/provider/answer/answer-parser.ts';
import { findImages } from '../shared/provider/answer/find-images.ts';
import { selectImages } from '../shared/provider/answer/select-images.ts';
import { createAnswerScanner } from '../shared/provider/scan/answer-scanner.ts';

type Reader = (answer: Iterable<Buffer>) => Promise<number>;

const SIZES_MB = [1, 8, 25];
const BLOCK_BYTES = 48 * 1024;
const READERS: Readonly<Record<string, Reader>> = { scanner: readWithScanner, plain: readPlainly };

const [name, megabytes] = process.argv.slice(2);
if (name === undefined) runAll();
else await runOne(name, Number(megabytes));

function runAll(): void {
  for (const size of SIZES_MB) {
    for (const reader of ['none', ...Object.keys(READERS)]) {
      const args = [fileURLToPath(import.meta.url), reader, String(size)];
      process.stdout.write(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    }
  }
}

/** `none` only takes the chunks in and drops them: what the process needs without reading anything. */
async function runOne(reader: string, size: number): Promise<void> {
  const answer = answerOf(size * 1024 * 1024);
  const before = process.cpuUsage();
  const imageBytes = await (READERS[reader] ?? dropAll)(answer);
  const { user, system } = process.cpuUsage(before);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const cpuMs = Math.round((user + system) / 1000);
  process.stdout.write(`${JSON.stringify({ reader, answerMb: size, cpuMs, peakMb, imageBytes })}\n`);
}

async function dropAll(answer: Iterable<Buffer>): Promise<number> {
  for (const _chunk of answer);
  return 0;
}

async function readWithScanner(answer: Iterable<Buffer>): Promise<number> {
  const scanner = createAnswerScanner(Math.random);
  for (const chunk of answer) scanner.push(chunk);
  const { text, marks } = scanner.finish();
  const parsed = parseAnswer(text);
  const documents = parsed.kind === 'documents' ? parsed.documents : [];
  const { images } = await selectImages(findImages(documents, marks), async () => ({
    kind: 'refused',
    problem: '',
  }));
  return images.at(-1)?.bytes.length ?? 0;
}

async function readPlainly(answer: Iterable<Buffer>): Promise<number> {
  const parsed = JSON.parse(Buffer.concat([...answer]).toString('utf8'));
  const match = /data:image\/\w+;base64,([A-Za-z0-9+/=]+)/.exec(parsed.choices[0].message.content);
  return Buffer.from(match?.[1] ?? '', 'base64').length;
}

/** An answer of about that size around one PNG, in chunks as a socket gives them. */
function* answerOf(bytes: number): Generator<Buffer> {
  const blocks = Math.ceil((bytes * 3) / 4 / BLOCK_BYTES);
  const block = randomBytes(BLOCK_BYTES);
  yield Buffer.from(
    '{"choices":[{"index":0,"message":{"role":"assistant","content":"![image](data:image/png;base64,',
  );
  let checksum = crc32(Buffer.concat([Buffer.from('IDAT'), block.subarray(0, 1)]));
  yield Buffer.from(
    Buffer.concat([pngHead(blocks * BLOCK_BYTES + 1), block.subarray(0, 1)]).toString('base64'),
  );
  for (let index = 0; index < blocks; index += 1) {
    checksum = crc32(block, checksum);
    yield Buffer.from(block.toString('base64'));
  }
  const end = Buffer.alloc(4);
  end.writeUInt32BE(checksum);
  yield Buffer.from(Buffer.concat([end, chunk('IEND', Buffer.alloc(0))]).toString('base64'));
  yield Buffer.from(
    ')"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":1300,"total_tokens":1309}}',
  );
}

function pngHead(dataBytes: number): Buffer {
  const header = Buffer.from('00000400000004000802000000', 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(dataBytes);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    length,
    Buffer.from('IDAT'),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), frame.length - 4);
  return frame;
}
