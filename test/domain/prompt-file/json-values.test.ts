import { describe, expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { normaliseColumn } from '../../../shared/domain/prompt-file/columns.ts';
import type { FileRecord } from '../../../shared/domain/prompt-file/format.ts';
import { readJson } from '../../../shared/domain/prompt-file/json/json-text.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import fc from '../../support/property.ts';
import { brief, formatOf, readAll, readFrom } from './read-all.ts';

async function line(text: string): Promise<string> {
  return (await readAll(text, 'prompts.jsonl')).map(brief).join('\n');
}

function itemOf(record: FileRecord | undefined, options = {}) {
  if (record?.kind !== 'row') throw new Error('no row');
  const taken = createRowReader({ ...DEFAULT_BATCH_OPTIONS, ...options }, modelCatalog())(record);
  return taken.kind === 'items' ? [...taken.items][0] : taken;
}

describe('a JSON value', () => {
  test.each([
    ['an id beyond 2^53', '{"prompt":"a","id":12345678901234567890}', '"id":"12345678901234567890"'],
    ['a number with zeros at its end', '{"prompt":"a","price":1.50}', '"price":"1.50"'],
    ['a number with an exponent', '{"prompt":"a","n1":1e3,"n2":1e-7}', '"n1":"1000","n2":"1e-7"'],
    ['NaN and Infinity, as Python writes them', '{"prompt":"a","x":NaN,"y":-Infinity}', '"x":"","y":""'],
    ['NaN in a text', '{"prompt":"NaN, Infinity","x":NaN}', '{"prompt":"NaN, Infinity","x":""}'],
    ['a comment and a trailing comma', '{"prompt":"a // b", /* c */ "x":1,}', '{"prompt":"a // b","x":"1"}'],
    ['a comma after the object', '{"prompt":"a"},', '{"prompt":"a"}'],
    ['a mark and a record separator before it', '\ufeff\u001e{"prompt":"a"}', '{"prompt":"a"}'],
  ])('is read with %s', async (_, text, expected) => {
    expect(await line(`{"prompt":"first"}\n${text}`)).toContain(expected);
  });

  test('with a key twice is rejected, for one of the two would be lost', async () => {
    expect(await line('{"prompt":"a","prompt":"b"}')).toBe('1@1 -: line has a key twice in one object');
  });

  test('equals JSON.parse, apart from numbers', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const read = readJson(text);
        const plain = JSON.parse(text, (_, value: unknown) =>
          typeof value === 'number' ? String(value) : value,
        );
        const texts = JSON.stringify(read, (_, value: unknown) =>
          typeof value === 'number' ? String(value) : value,
        );
        expect(JSON.parse(texts)).toEqual({ kind: 'value', value: plain });
      }),
      { numRuns: 300 },
    );
  });

  test('that is damaged takes no longer to refuse than to read', () => {
    for (const text of ['"\\'.repeat(100_000), '/*'.repeat(100_000), `{"a":"${'A\\"'.repeat(500_000)}`]) {
      expect(readJson(text).kind).toBe('problem');
    }
  });
});

describe('a key of a JSON object', () => {
  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is data',
    async (key) => {
      const [record] = await readAll(
        `{"prompt":"a {{${key}}}","${key}":"fox","name":"{{${key}}}"}`,
        'x.jsonl',
      );

      expect(itemOf(record)).toMatchObject({ prompt: 'a fox', fileName: 'fox' });
      const item = itemOf(record);
      const columns = item !== undefined && 'columns' in item ? item.columns : {};
      expect(Object.entries(columns)).toEqual([[normaliseColumn(key), 'fox']]);
    },
  );

  test('with parts is carried along if unnamed, and is reached by its path', async () => {
    const text = JSON.stringify({
      prompt: 'a {{product.title}} in {{ Product.colors.1 }}, {{product.colors}}',
      product: { title: 'lamp', colors: ['red', 'blue'], size: { mm: 3 } },
      embedding: Array.from({ length: 60_000 }, (_, n) => n),
    });
    const [record] = await readAll(text, 'x.jsonl');

    expect(itemOf(record)).toMatchObject({ prompt: 'a lamp in blue, red, blue' });
    expect(itemOf(record, { template: 'size {{product.size.mm}}' })).toMatchObject({ prompt: 'size 3' });
    expect(itemOf(record, { template: '{{product.size}}' })).toMatchObject({ kind: 'rejected' });
    expect(itemOf(record, { template: '{{product.__proto__.x}}' })).toMatchObject({ kind: 'rejected' });
  });
});

describe('a JSON array', () => {
  test('is read element by element, over lines or without, with comments and commas too many', async () => {
    const file = `// prompts\n[\n  {\n    "prompt": "a ] \\" [",\n    "id": 9007199254740993\n  },\n\n  "a dog", // last\n {"prompt":"b"}{"prompt":"c"},\n]\n`;

    expect((await readAll(file, 'x.json')).map(brief)).toEqual([
      '1@3 {"prompt":"a ] \\" [","id":"9007199254740993"}',
      '2@8 {"prompt":"a dog"}',
      '3@9 {"prompt":"b"}',
      '4@9 {"prompt":"c"}',
    ]);
  });

  test('with an invalid element continues with the next', async () => {
    expect(
      (await readAll('[1, oops, {"a":}, [{"prompt":"a"}], {"prompt":"b"}]', 'x.json')).map(brief),
    ).toEqual([
      '1@1 -: element is not a JSON object: write one object for each image',
      '2@1 -: element is not valid JSON',
      '3@1 -: element is not valid JSON',
      '4@1 -: element is not a JSON object: write one object for each image',
      '5@1 {"prompt":"b"}',
    ]);
  });

  test.each([
    ['[{"prompt":"a"}, {"prompt":"b', '2@1 -: the file ends in the middle of this element: it is cut off'],
    ['[{"prompt":"a"},\n', '2@1 -: the file ends before the ] of its array: it is cut off'],
    [
      '[{"prompt":"a"}] {"prompt":"b"}',
      '2@1 -: text follows the ] that ends the array: nothing from here on was read',
    ],
  ])('that is not whole says so: %s', async (file, told) => {
    expect((await readAll(file, 'x.json')).map(brief)).toEqual(['1@1 {"prompt":"a"}', told]);
  });

  test('passes over an element of 20 MB without losing the next', async () => {
    const file = `[{"prompt":"${'x'.repeat(20 * 1024 * 1024)}"}, {"prompt":"a"}]`;

    expect((await readAll(file, 'x.json')).map(brief)).toEqual([
      '1@1 -: element is 20.0 MB, at most 16.0 MB are taken',
      '2@1 {"prompt":"a"}',
    ]);
  });

  test('continues from any of its records with exactly those that are left, however it is cut and encoded', async () => {
    const elements = fc.array(fc.oneof(fc.json({ maxDepth: 2 }), fc.constant('{"prompt":"한 é 🌸 ]"}')), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        elements,
        fc.boolean(),
        fc.integer({ min: 1, max: 30 }),
        async (all, wide, chunkBytes) => {
          const text = `[ ${all.join(',\n ')} ]\n`;
          const bytes = Buffer.from(text, wide ? 'utf16le' : 'utf8');
          const { format, start } = formatOf(bytes, 'x.json');
          const whole = await readFrom(bytes, format, start);

          expect(whole).toHaveLength(all.length);
          expect(await readFrom(bytes, format, start, chunkBytes)).toEqual(whole);
          for (const [index, { next }] of whole.entries()) {
            expect(await readFrom(bytes, format, next, chunkBytes)).toEqual(whole.slice(index + 1));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('a list of prompts is one a line, without comments and blank lines', async () => {
  const file = Buffer.from(
    '# my prompts\r\n\r\na cat, with {{braces}}\r\n  \\#1 fan\r\nein Hund\u0007\r\n',
    'utf16le',
  );

  const records = await readAll(file, 'x.txt');

  expect(records.map(brief)).toEqual([
    '1@3 {"prompt":"a cat, with {{braces}}"}',
    '2@4 {"prompt":"#1 fan"}',
    '3@5 prompt: control character U+0007: take it out',
  ]);
  expect((await readAll('a cat\ra dog\r', 'x.txt')).map(brief)).toEqual([
    '1@1 {"prompt":"a cat"}',
    '2@2 {"prompt":"a dog"}',
  ]);
});

test('a list of prompts does not send the parameters of other tools as words', async () => {
  const file = [
    'a lighthouse at dusk --ar 16:9',
    'a fox --aspect=4:5 in the snow --repeat 2',
    'a heron -s100',
    'an owl --v 6 --ar 1:1',
    'a hare --seed 7',
    'a well-known sign -- with the words "A - B"',
  ].join('\n');

  expect((await readAll(file, 'x.txt')).map(brief)).toEqual([
    '1@1 {"prompt":"a lighthouse at dusk","aspect_ratio":"16:9"}',
    '2@2 {"prompt":"a fox in the snow","aspect_ratio":"4:5","variants":"2"}',
    '3@3 prompt: "-s100" is a parameter of another tool, and would be sent as words: take it out',
    '4@4 {"prompt":"an owl","aspect_ratio":"1:1"}',
    '5@5 {"prompt":"a hare"}',
    '6@6 {"prompt":"a well-known sign -- with the words \\"A - B\\""}',
  ]);
});
