import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { textWidth } from '../../../cli/text/text-width.ts';
import fc from '../../support/property.ts';

test('a text is as wide as the terminal shows it, whatever it is made of', () => {
  const unit = fc.oneof(
    fc.constantFrom(
      'a',
      ' ',
      '≈',
      '–',
      '…',
      'é',
      'ß',
      '\u00ad',
      'e\u0301',
      '狐',
      '👩‍👩‍👧',
      '→',
      '\u001b[31m',
    ),
    fc.string({ unit: 'binary', maxLength: 1 }),
  );

  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => textWidth(text) === stringWidth(text)),
    { numRuns: 100 },
  );
});

test('each sign that is measured without its library takes one column', () => {
  const signs = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));

  expect(signs.filter((sign) => textWidth(sign) !== stringWidth(sign))).toEqual([]);
});
