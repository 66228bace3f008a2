import { describe, expect, test } from 'vitest';
import {
  readAspectRatio,
  readImageSize,
  readNumber,
  readWhole,
} from '../../../shared/domain/item/setting-values.ts';

describe('an aspect ratio', () => {
  test.each([
    ['16:9', '16:9'],
    ['16x9', '16:9'],
    ['16 × 9', '16:9'],
    ['16：9', '16:9'],
    ['16∶9', '16:9'],
    ['16/9', '16:9'],
    ['16-9', '16:9'],
    ['ASPECT_16_9', '16:9'],
    ['16:09', '16:9'],
    ['16:09:00', '16:9'],
    ['04:05:00', '4:5'],
    ['4:09:00 PM', '16:9'],
    ['9:09 PM', '21:9'],
    ['1:01 AM', '1:1'],
    ["'16:9", '16:9'],
    ['0.672916666666667', '16:9'],
    ['21:9\u{200b}', '21:9'],
    ['16–9', '16:9'],
    ['16꞉9', '16:9'],
    ['16:9 (landscape)', '16:9'],
    ['Square (1:1)', '1:1'],
    ['4:5 portrait', '4:5'],
    ['landscape_16_9', '16:9'],
    ['portrait_4_3', '3:4'],
    ['square_hd', '1:1'],
  ])('is read from %j as %s', (text, ratio) => {
    expect(readAspectRatio(text)).toBe(ratio);
  });

  test.each(['wide', '16', '16:', '16:09:30', '04-May', '0:9', '16:9:4', '1.5'])(
    'is not read from %j',
    (text) => {
      expect(readAspectRatio(text)).toBeUndefined();
    },
  );
});

describe('a whole number', () => {
  test.each([
    ['2', 2],
    ['2.0', 2],
    ['2.', 2],
    ['2,0', 2],
    ['2.000', 2],
    ['８', 8],
    ['1E+02', 100],
  ])('up to 100 is read from %j as %d', (text, value) => {
    expect(readWhole(text, 100)).toBe(value);
  });

  test.each([
    ['8192.0', 8192],
    ['8192.000', 8192],
    ['8,192', 8192],
    ['8.192', 8192],
    ["8'192", 8192],
    ['8\u{202f}192', 8192],
    ['8.192E+03', 8192],
  ])('up to 32768 is read from %j as %d', (text, value) => {
    expect(readWhole(text, 32_768)).toBe(value);
  });

  test.each(['2.5', 'two', '0', '-1', '101', '1e9', '0x10', ''])('up to 100 is not read from %j', (text) => {
    expect(readWhole(text, 100)).toBeUndefined();
  });

  test('is not read if it is ambiguous', () => {
    expect(readWhole('8.000', 32_768)).toBeUndefined();
  });
});

test.each([
  ['0.7', 0.7],
  ['0,7', 0.7],
  ['1.0', 1],
  ['.5', 0.5],
  ['7e-1', 0.7],
  ['2.1', undefined],
  ['-0.1', undefined],
  ['warm', undefined],
  ['NaN', undefined],
])('a number from 0 to 2 is read from %j as %s', (text, value) => {
  expect(readNumber(text, 2)).toBe(value);
});

test.each([
  ['2k', '2K'],
  ['2 K', '2K'],
  ['2048', '2K'],
  ['2048.0', '2K'],
  ['1024px', '1K'],
  ['512', '512'],
  ['0.5K', '512'],
  ['3K', undefined],
  ['constructor', undefined],
])('a size is read from %j as %s', (text, size) => {
  expect(readImageSize(text)).toBe(size);
});
