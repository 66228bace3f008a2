import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readError } from '../../../shared/provider/answer/error-reader.ts';
import { parseDurationMs, parseRetryAfterMs, waitInWordsMs } from '../../../shared/provider/http/duration.ts';
import { redactLine, redactText } from '../../../shared/provider/http/redact.ts';
import { cleanBase64, decodeBase64 } from '../../../shared/provider/scan/base64.ts';
import { KEY } from '../fixtures/calls.ts';

function decode(text: string) {
  const chunks = [...cleanBase64([Buffer.from(text)])];
  return decodeBase64({ letters: Buffer.concat(chunks).length, padded: false, chunks: () => chunks });
}

describe('durations', () => {
  test.each([
    ['57.2s', 57_200],
    ['200ms', 200],
    ['1h16m0.6s', 4_560_600],
    ['2d', 172_800_000],
    [{ seconds: '12', nanos: 500_000_000 }, 12_500],
    ['', undefined],
    ['soon', undefined],
    ['-5s', undefined],
    [null, undefined],
  ])('%o', (value, expected) => {
    expect(parseDurationMs(value)).toBe(expected);
  });

  test.each([
    ['Please retry in 12.3s.', 12_300],
    ['Rate limit reached. Try again in 1h16m0.6s', 4_560_600],
    ['Try again in 20 seconds', 20_000],
    ['retry after 2 minutes', 120_000],
    ['You asked for 12 images', undefined],
  ])('in words: %s', (message, expected) => {
    expect(waitInWordsMs(message)).toBe(expected);
  });

  test('of Retry-After are never negative, absurd or not a number', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (header, nowMs) => {
        const waitMs = parseRetryAfterMs(header, nowMs) ?? 0;
        expect(waitMs >= 0 && waitMs <= 7 * 86_400_000).toBe(true);
      }),
    );
  });
});

describe('base64', () => {
  test('comes back whole in either alphabet, with and without padding, through white space', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), fc.boolean(), (bytes, url, spaced) => {
        const text = Buffer.from(bytes).toString(url ? 'base64url' : 'base64');
        expect(decode(spaced ? text.replace(/(.{5})/g, '$1 \n') : text)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('does not care where its pieces end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), fc.integer({ min: 1, max: 7 }), (bytes, length) => {
        const text = Buffer.from(Buffer.from(bytes).toString('base64url'));
        const chunks = Array.from({ length: Math.ceil(text.length / length) }, (_, at) =>
          text.subarray(at * length, (at + 1) * length),
        );
        expect(decodeBase64({ letters: text.length, padded: false, chunks: () => chunks })).toEqual(
          Buffer.from(bytes),
        );
      }),
    );
  });

  test('of a length that no encoder writes is corrupt', () => {
    expect(decode('QUJDR')).toBeUndefined();
  });
});

describe('redaction', () => {
  test.each([
    `key ${KEY} is bad`,
    `Bearer ${KEY}`,
    `{"authorization":"Bearer xyz.abc-1"}`,
    'AIzaSyA1234567890abcdefg',
    `data:image/png;base64,${'iVBOR/+'.repeat(40)}`,
  ])('takes secrets and base64 out of: %s', (text) => {
    expect(redactLine(text)).not.toMatch(/secret|xyz|SyA123|iVBORiVBOR|iVBOR\/\+iVBOR/);
  });

  test('takes out a key of any shape where it is known', () => {
    expect(redactLine('Incorrect key provided: hunter2hunter2', ['hunter2hunter2'])).toBe(
      'Incorrect key provided: [key]',
    );
  });

  test('leaves one line of at most 500 characters, and texts of at most 2,000', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 3000, unit: 'grapheme' }), (text) => {
        expect(redactLine(text)).not.toMatch(/[\n\r\t]/);
        expect(redactLine(text).length).toBeLessThanOrEqual(500);
        expect(redactText(text).length).toBeLessThanOrEqual(2000);
      }),
    );
  });
});

test('errors of any shape are read without failing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(
        typeof readError([value, { error: value }, { error: { message: JSON.stringify(value) } }]).message,
      ).toBe('string');
    }),
  );
});
