import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { costOfCall, unknownMaxMicro } from '../../../shared/domain/money/charge.ts';
import { priceList, priceOn } from '../../../shared/domain/money/prices.ts';
import { callWith, chat, FLASH, failureOf, imagesOf } from '../fixtures/calls.ts';
import { dataUri, picture } from '../fixtures/pictures.ts';

const png = await picture('png', 60, 40);
const large = await picture('png', 1024, 1024);
const jpeg = await picture('jpeg', 60, 40);
const price = priceOn(priceList(), FLASH.model, '2026-11-21');
if (price === undefined) throw new Error('the built-in prices lack Flash');

/** A PNG whose header says these pixels, with all checksums right. */
function pngOf(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const chunks = [chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(body.length + 8);
  frame.writeUInt32BE(data.length);
  body.copy(frame, 4);
  frame.writeUInt32BE(crc32(body), frame.length - 4);
  return frame;
}

/** A JPEG whose frame header says other pixels. */
function jpegOf(width: number, height: number): Buffer {
  const bytes = Buffer.from(jpeg);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, frame + 5);
  bytes.writeUInt16BE(width, frame + 7);
  return bytes;
}

const sent = (bytes: Buffer, usage: object = {}) =>
  callWith(chat({ content: `![i](${dataUri(bytes)})` }, { usage: { prompt_tokens: 9, ...usage } }));

describe('a picture is judged by more than its header', () => {
  test.each<[name: string, bytes: Buffer, problem: RegExp]>([
    [
      'a PNG of 50,000 × 50,000 in a few bytes',
      pngOf(50_000, 50_000, deflateSync(Buffer.alloc(900))),
      /too few bytes for 50000 × 50000/,
    ],
    [
      'a PNG of 50,000 × 50,000 in many',
      pngOf(50_000, 50_000, Buffer.alloc(8_000_000, 7)),
      /50000 × 50000 pixels, more than the model can make/,
    ],
    [
      'a PNG of twice the largest side',
      pngOf(8192, 8192, Buffer.alloc(300_000, 7)),
      /more than the model can make/,
    ],
    ['a PNG whose image data is empty', pngOf(64, 64, Buffer.alloc(0)), /no image data/],
    ['a JPEG of 65,000 × 65,000', jpegOf(65_000, 65_000), /too few bytes for 65000 × 65000/],
    ['a JPEG of 4,096 × 4,096 with the data of a stamp', jpegOf(4096, 4096), /too few bytes/],
  ])('%s cannot be used', async (_name, bytes, problem) => {
    expect(failureOf(await sent(bytes))).toMatchObject({
      code: 'bad_image',
      message: expect.stringMatching(problem),
    });
  });

  test('one of the largest size in any ratio is taken', async () => {
    const bytes = await sharp({ create: { width: 6336, height: 2688, channels: 3, background: '#123' } })
      .png()
      .toBuffer();

    expect(imagesOf(await sent(bytes))[0]).toMatchObject({ width: 6336, height: 2688 });
  });

  test.each([
    ['PNG', png],
    ['JPEG', jpeg],
  ])('bytes behind the end of a %s are cut off', async (_name, bytes) => {
    const outcome = await sent(Buffer.concat([bytes, Buffer.from('and more'), bytes.subarray(0, 500)]));

    expect(Buffer.compare(imagesOf(outcome)[0].bytes, bytes)).toBe(0);
  });
});

describe('an unusable picture counts as one', () => {
  const usage = { completion_tokens: 1300, total_tokens: 1309 };

  test.each<[name: string, bytes: Buffer]>([
    ['cut off', large.subarray(0, 4000)],
    ['of a type that is not taken', Buffer.concat([Buffer.from('GIF89a'), Buffer.alloc(600, 3)])],
    ['with a wrong checksum', Buffer.concat([png.subarray(0, 60), Buffer.of(1), png.subarray(61)])],
  ])('%s', async (_name, bytes) => {
    const outcome = await sent(bytes, usage);

    if (outcome.kind !== 'failure') throw new Error('it was used');
    expect(outcome.unusedPixels).toHaveLength(1);
    const facts = {
      imageSize: undefined,
      imagePixels: [],
      promptBytes: 9,
      references: 0,
      unusedPixels: outcome.unusedPixels ?? [],
    };
    const least = FLASH.imageTokens['512'] ?? 0;
    expect(costOfCall(outcome.usage, facts, FLASH, price).split).toMatchObject({ basis: 'estimated' });
    expect(costOfCall(outcome.usage, facts, FLASH, price).split.imageTokens).toBeGreaterThanOrEqual(least);
  });

  test('behind a link whose host is not allowed, as one of the size that was asked for', async () => {
    const outcome = await callWith(
      chat({ content: '![i](https://elsewhere.example/a.png)' }, { usage: { prompt_tokens: 9, ...usage } }),
    );

    expect(outcome).toMatchObject({ kind: 'failure', unusedPixels: [1024 * 1024] });
  });

  test('also beside one that can be used', async () => {
    const content = `![a](${dataUri(png.subarray(0, 900))}) ![b](${dataUri(png)})`;

    expect(await callWith(chat({ content }))).toMatchObject({ kind: 'images', unusedPixels: [60 * 40] });
  });
});

describe("a usage that doesn't match its picture", () => {
  const facts = { imageSize: undefined, imagePixels: [1024 * 1024], promptBytes: 36, references: 0 };
  const cost = (usage: object) => costOfCall({ promptTokens: 9, ...usage }, facts, FLASH, price);

  test.each<[name: string, usage: object]>([
    ['fewer output tokens than an image has', { completionTokens: 20, totalTokens: 29 }],
    ['fewer image tokens than it has', { completionTokens: 1300, totalTokens: 1309, imageTokens: 12 }],
    [
      'many times the image tokens that it has',
      { completionTokens: 20_000, totalTokens: 20_009, imageTokens: 19_000 },
    ],
    ['a zero', { completionTokens: 0, totalTokens: 9 }],
  ])('%s is flagged, and the most that may be billed is at least the picture', (_name, usage) => {
    const found = cost(usage);

    expect(found.split.flags).toContain('usage_implausible');
    expect(found.creditsMaxMicro).toBeGreaterThanOrEqual(1120 * price.imageMicro);
    expect(unknownMaxMicro(found, 'image')).toBe(found.creditsMaxMicro - found.creditsMicro);
  });

  test.each<object>([
    { completionTokens: 1300, totalTokens: 1309 },
    { completionTokens: 1120, totalTokens: 1129 },
    { completionTokens: 1300, totalTokens: 1309, imageTokens: 1120 },
    { completionTokens: 2500, totalTokens: 2509, imageTokens: 2240 },
    {},
  ])('is none of these: %j', (usage) => {
    expect(cost(usage).split.flags).toEqual([]);
    expect(unknownMaxMicro(cost(usage), 'image')).toBe(0);
  });
});
