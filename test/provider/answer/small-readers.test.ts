import { describe, expect, test } from 'vitest';
import { readError } from '../../../shared/provider/error/error-reader.ts';
import { redactLine, redactText } from '../../../shared/provider/http/redact.ts';
import { cleanBase64, decodeBase64 } from '../../../shared/provider/scan/base64.ts';
import fc from '../../support/property.ts';
import { KEY } from '../fixtures/calls.ts';

function decode(text: string) {
  const chunks = [...cleanBase64([Buffer.from(text)])];
  return decodeBase64({ letters: Buffer.concat(chunks).length, padded: false, chunks: () => chunks });
}

describe('base64', () => {
  test('comes back whole in either alphabet, with and without padding, through white space', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), fc.boolean(), (bytes, url, spaced) => {
        const text = Buffer.from(bytes).toString(url ? 'base64url' : 'base64');
        expect(decode(spaced ? text.replace(/(.{5})/g, '$1 \n') : text)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('gives the same result for any split into chunks', () => {
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
    [`key ${KEY} is bad`, 'key [key] is bad'],
    [`Bearer ${KEY}`, 'Bearer [key]'],
    [`{"authorization":"Bearer xyz.abc-1"}`, '{"authorization":"Bearer [key]"}'],
    ['AIzaSyA1234567890abcdefg', '[key]'],
    [`data:image/png;base64,${'iVBOR/+'.repeat(40)}`, 'data:image/png;base64,[base64]'],
  ])('takes secrets and base64 out of %s, and leaves the rest', (text, rest) => {
    expect(redactLine(text)).toBe(rest);
    expect(redactLine(text)).not.toMatch(/secret|xyz|SyA123|iVBORiVBOR|iVBOR\/\+iVBOR/);
  });

  test('removes a known key of any shape', () => {
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
        typeof readError([value, { error: value }, { error: { message: JSON.stringify(value) } }], 500)
          .message,
      ).toBe('string');
    }),
  );
});
