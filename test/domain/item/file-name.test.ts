import { describe, expect, test } from 'vitest';
import { caseFoldedName, fileStem, safeName } from '../../../shared/domain/item/file-name.ts';
import fc from '../../support/property.ts';

function named(name: string, row = 12): string {
  return fileStem({ row, variant: 1, variants: 1, prompt: 'a fox', name });
}

function unnamed(prompt: string, row = 12): string {
  return fileStem({ row, variant: 1, variants: 1, prompt });
}

describe('a file name', () => {
  test.each([
    ['../../etc/passwd', 'etc-passwd'],
    ['C:\\temp\\x.png', 'C-temp-x'],
    ['Sommer in Zürich.JPEG', 'Sommer-in-Zürich'],
    ['v1.2 final.webp', 'v1-2-final'],
    ['café', 'café'.normalize('NFC')],
    ['한국의 봄', '한국의-봄'],
    ['party 🎉👩🏽‍🚀 time', 'party-time'],
    ['a\u0000b\nc', 'a-b-c'],
    ['right\u202eto left', 'rightto-left'],
    ['--help', 'help'],
    ['CON', 'n-CON'],
    ['lpt1.png', 'n-lpt1'],
    ['0001-mine', 'n-0001-mine'],
    ['2026', 'n-2026'],
    ['123', '123'],
    ['fox-v2', 'fox_v2'],
    ['a<b>:"|?*c', 'a-b-c'],
  ])('from the name %j is %j', (name, stem) => {
    expect(named(name)).toBe(stem);
  });

  test.each([['🎉'], ['...'], [' '], [''], ['/'], ['.png']])(
    'from the name %j is the default one',
    (name) => {
      expect(named(name)).toBe('0012-a-fox');
    },
  );

  test.each([
    ['A Red Fox, running!', '0012-a-red-fox-running'],
    ['🎉🎉', '0012'],
    ['한국의 봄 🌸', '0012-한국의-봄'],
    [
      'a very long prompt that goes on about a lighthouse in the evening',
      '0012-a-very-long-prompt-that-goes-on-about-a',
    ],
  ])('without a name begins with the row and tells the prompt: %j', (prompt, stem) => {
    expect(unnamed(prompt)).toBe(stem);
  });

  test('distinguishes variants of a row, also if the name was cut', () => {
    const facts = { row: 1, variants: 100, prompt: 'a', name: '봄'.repeat(200) };
    const stems = [1, 2, 100].map((variant) => fileStem({ ...facts, variant }));

    expect(new Set(stems).size).toBe(3);
    expect(stems[2]).toMatch(/봄-v100$/);
  });

  test('is safe, short, and none that we give ourselves, whatever is asked', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.stringMatching(/^[-./\\ 0-9a-v]{0,20}$/),
    );
    fc.assert(
      fc.property(
        text,
        text,
        fc.integer({ min: 1, max: 3_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        (name, prompt, row, variants) => {
          const stem = fileStem({ row, variant: variants, variants, prompt, name });
          const isDefault = stem === fileStem({ row, variant: variants, variants, prompt });

          expect(stem).toMatch(/^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*$/u);
          expect(stem).not.toMatch(/-$/);
          expect(Buffer.byteLength(stem)).toBeLessThanOrEqual(100);
          expect(stem.normalize('NFC')).toBe(stem);
          if (!isDefault) expect(stem).not.toMatch(/^\d{4,}(-|$)/);
          if (!isDefault && variants === 1) expect(stem).not.toMatch(/-v\d+$/);
        },
      ),
    );
  });
});

test('names that some file system takes for one have one key', () => {
  expect(caseFoldedName('Straße')).toBe(caseFoldedName('STRASSE'));
  expect(caseFoldedName('cafe\u0301')).toBe(caseFoldedName('CAFÉ'));
  expect(caseFoldedName('fox')).not.toBe(caseFoldedName('fax'));
});

test('a safe name of plain text is the same as with a character in it that is left out', () => {
  const plain = fc.string({ unit: 'binary-ascii', maxLength: 60 });
  fc.assert(
    fc.property(plain, fc.integer({ min: 1, max: 50 }), (text, bytes) => {
      expect(safeName(text, bytes)).toBe(safeName(`${text}\u200b`, bytes));
    }),
  );
});
