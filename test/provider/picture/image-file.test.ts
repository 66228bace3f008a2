import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readImageFile, sniffImageType } from '../../../shared/provider/picture/image-file.ts';
import fc from '../../support/property.ts';
import { picture } from '../fixtures/pictures.ts';

const KINDS = ['png', 'jpeg', 'progressive', 'webp', 'webp-lossless', 'webp-alpha'] as const;

function read(bytes: Buffer) {
  const type = sniffImageType(bytes);
  return type === undefined ? undefined : { type, ...readImageFile(type, bytes) };
}

describe.each(KINDS)('a %s file', (kind) => {
  test('says its type and its pixels', async () => {
    const bytes = await picture(kind, 91, 33);

    expect(read(bytes)).toMatchObject({ kind: 'whole', width: 91, height: 33 });
    expect(read(bytes)?.type).toBe(`image/${(await sharp(bytes).metadata()).format}`);
  });

  test('ends with its container, whatever follows', async () => {
    const bytes = await picture(kind);
    const facts = read(Buffer.concat([bytes, Buffer.from('Here is your image')]));

    expect(facts).toMatchObject({ kind: 'whole', end: bytes.length });
  });

  test('is never whole once it is cut, wherever', async () => {
    const bytes = await picture(kind, 16, 16);

    for (let length = 0; length < bytes.length; length += 1) {
      if (read(bytes.subarray(0, length))?.kind === 'whole')
        expect.fail(`whole with ${length} of ${bytes.length} bytes`);
    }
  });
});

describe('image files', () => {
  test('of other kinds are not known', () => {
    for (const start of ['GIF89a', '<svg xmlns=', 'BM6', '%PDF-1.7', ''])
      expect(sniffImageType(Buffer.from(start))).toBeUndefined();
  });

  test('with a flipped bit in a PNG are damaged', async () => {
    const bytes = await picture('png');
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] ?? 0) ^ 1;

    expect(read(bytes)).toMatchObject({ kind: 'damaged' });
  });

  test('of random bytes behind a true signature never throw and never hang', () => {
    const starts = fc.constantFrom(
      '89504e470d0a1a0a0000000d49484452',
      'ffd8ffc0',
      'ffd8ffda0002',
      '524946461000000057454250',
      '52494646ffffff7f5745425056503858',
    );
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 400 }), (start, rest) => {
        read(Buffer.concat([Buffer.from(start, 'hex'), rest]));
      }),
      { numRuns: 500 },
    );
  });

  test('with a thumbnail inside are read as the outer image', async () => {
    const inner = await picture('jpeg', 8, 8);
    const outer = await picture('jpeg', 50, 20);
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1]), Buffer.alloc(2), inner]);
    segment.writeUInt16BE(inner.length + 2, 2);

    expect(read(Buffer.concat([outer.subarray(0, 2), segment, outer.subarray(2)]))).toMatchObject({
      kind: 'whole',
      width: 50,
      height: 20,
    });
  });
});
