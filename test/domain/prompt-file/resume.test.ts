import { expect, test } from 'vitest';
import fc from '../../support/property.ts';
import { formatOf, readAll, readFrom } from './read-all.ts';

const delimiters = fc.constantFrom(',', ';', '\t', '|');
const lineEnds = fc.constantFrom('\n', '\r\n');
const cell = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.stringMatching(/^[a-c"',;|\t\n\r ]{0,12}$/),
);
const encodings = fc.constantFrom('utf-8', 'utf-16le', 'utf-16be');

/** A whole file as a spreadsheet would write it, now and then with raw text in it that none would. */
const csvFile = fc
  .record({
    delimiter: delimiters,
    lineEnd: lineEnds,
    rows: fc.array(fc.oneof({ weight: 5, arbitrary: fc.tuple(cell, cell) }, { weight: 1, arbitrary: cell }), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ delimiter, lineEnd, rows }) => {
    const quoted = (text: string) => (/[",;|\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const lines = rows.map((row) => (Array.isArray(row) ? row.map(quoted).join(delimiter) : row));
    return [`prompt${delimiter}city`, ...lines, `end${delimiter}of it`].join(lineEnd) + lineEnd;
  });

const jsonFile = fc
  .array(
    fc.oneof(fc.json({ maxDepth: 1 }), fc.string({ maxLength: 10 }), fc.constant('{"prompt":"한 é 🌸"}')),
  )
  .map((lines) => ['{"prompt":"first"}', ...lines, '{"prompt":"last"}'].join('\n'));

function encode(text: string, encoding: string): Buffer {
  if (encoding === 'utf-8') return Buffer.from(text);
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

test('from any position, exactly the records that are left follow, however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(csvFile, jsonFile),
      encodings,
      fc.integer({ min: 1, max: 40 }),
      async (text, encoding, chunkBytes) => {
        const bytes = encode(text, encoding);
        const { format, start } = formatOf(bytes);
        const whole = await readFrom(bytes, format, start);

        expect(await readFrom(bytes, format, start, chunkBytes)).toEqual(whole);
        for (const [index, { next }] of whole.entries()) {
          expect(await readFrom(bytes, format, next, chunkBytes)).toEqual(whole.slice(index + 1));
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('rows are numbered without a gap, and a position never goes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(csvFile, jsonFile), async (text) => {
      const records = await readAll(text);

      expect(records.map(({ row }) => row)).toEqual(records.map((_, index) => index + 1));
      const bytes = records.map(({ next }) => next.byte);
      expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
      expect(bytes.at(-1) ?? 0).toBeLessThanOrEqual(Buffer.byteLength(text));
    }),
    { numRuns: 100 },
  );
});

test("a spreadsheet's cells round-trip", async () => {
  const text = fc
    .stringMatching(/^[a-c"',;|\t\n é한]{0,12}$/)
    .filter((each) => each.trim() !== '' || each === '');
  await fc.assert(
    fc.asyncProperty(
      delimiters,
      fc.array(fc.tuple(text, text), { minLength: 1 }),
      async (delimiter, rows) => {
        const filled = rows.map(([prompt, city]) => [`x${prompt}`, city]);
        const lines = filled.map((row) =>
          row.map((each) => `"${each.replaceAll('"', '""')}"`).join(delimiter),
        );

        const records = await readAll([`prompt${delimiter}city`, ...lines].join('\r\n'));

        const cells = records.map((each) =>
          each.kind === 'row' ? [each.fields.prompt, each.fields.city] : each,
        );
        expect(cells).toEqual(filled);
      },
    ),
    { numRuns: 100 },
  );
});
