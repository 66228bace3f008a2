import { describe, expect, test } from 'vitest';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import type { ItemSpec } from '../../../shared/domain/item/item.ts';
import type { RowFields } from '../../../shared/domain/prompt-file/format.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';

const FLASH = 'gemini-3.1-flash-image-preview';
const PRO = 'gemini-3-pro-image-preview';

function take(fields: RowFields, options: Partial<BatchOptions> = {}) {
  return createRowReader({ ...DEFAULT_BATCH_OPTIONS, ...options }, modelCatalog())({ row: 7, fields });
}

function itemsOf(fields: RowFields, options?: Partial<BatchOptions>): readonly ItemSpec[] {
  const taken = take(fields, options);
  if (taken.kind === 'rejected') throw new Error(`${taken.column}: ${taken.reason}`);
  return [...taken.items];
}

function reasonOf(fields: RowFields, options?: Partial<BatchOptions>): string {
  const taken = take(fields, options);
  return taken.kind === 'rejected' ? `${taken.column}: ${taken.reason}` : '';
}

describe('variables of the batch', () => {
  const variables = { date: '2026-11-21', run: '3' };

  test('fill templates if the row has no cell of that name, and are no columns of the file', () => {
    const [item] = itemsOf(
      { prompt: '{{date}}, {{run}}', run: 'mine', name: 'n-{{date}}', tags: 'day={{date}}' },
      { variables },
    );

    expect(item).toMatchObject({
      prompt: '2026-11-21, mine',
      fileName: 'n-2026-11-21',
      tags: { day: '2026-11-21' },
      columns: { run: 'mine' },
    });
  });
});

describe('a row', () => {
  test('with a prompt alone is one item with the batch’s settings', () => {
    expect(itemsOf({ prompt: ' A red fox, running ' })).toEqual([
      {
        row: 7,
        variant: 1,
        fileName: '0007-a-red-fox-running',
        prompt: 'A red fox, running',
        settings: { model: FLASH },
        references: [],
        tags: {},
        columns: {},
      },
    ]);
  });

  test('carries values inside others along as JSON, unless they are long', () => {
    const nested = {
      meta: { src: 'x' },
      Labels: ['a', 'b'],
      embedding: Array.from({ length: 3_000 }, () => 0.5),
    };
    const row = { row: 1, fields: { prompt: 'a fox', sku: '7' }, nested };
    const taken = createRowReader(DEFAULT_BATCH_OPTIONS, modelCatalog())(row);
    const [item] = taken.kind === 'items' ? taken.items : [];

    expect(item?.columns).toEqual({ meta: '{"src":"x"}', labels: '["a","b"]', sku: '7' });
  });

  test('lays its own settings over the batch’s', () => {
    const row = {
      prompt: 'a',
      id: ' fox-1 ',
      model: PRO,
      aspect_ratio: '16:9',
      image_size: '2k',
      temperature: '0.5',
      max_tokens: '4096',
      system: 'be bold',
      references: 'a.png | https://example.com/b.png',
      city: 'Rome',
    };
    const settings = { model: FLASH, temperature: 1, topP: 0.9 };

    expect(itemsOf(row, { settings })[0]).toMatchObject({
      id: 'fox-1',
      settings: {
        model: PRO,
        aspectRatio: '16:9',
        imageSize: '2K',
        temperature: 0.5,
        topP: 0.9,
        maxTokens: 4096,
        system: 'be bold',
      },
      references: ['a.png', 'https://example.com/b.png'],
      columns: { city: 'Rome' },
    });
  });

  test('makes as many items as it asks for variants, each with a name of its own', () => {
    const items = itemsOf({ prompt: 'a fox', variants: '3' });

    expect(items.map(({ variant, fileName }) => [variant, fileName])).toEqual([
      [1, '0007-a-fox-v1'],
      [2, '0007-a-fox-v2'],
      [3, '0007-a-fox-v3'],
    ]);
    expect(itemsOf({ prompt: 'a', variants: '' }, { variants: 4 })).toHaveLength(4);
  });

  test.each([
    [{ prompt: ' ' }, 'prompt: prompt is empty'],
    [{ prompt: 'a', model: 'dall-e' }, `model: unknown model "dall-e"; there are ${PRO}, ${FLASH}`],
    [
      { prompt: 'a', model: PRO, aspect_ratio: '1:8' },
      `aspect_ratio: "1:8" isn't supported by ${PRO}; use 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9`,
    ],
    [
      { prompt: 'a', model: PRO, image_size: '512' },
      `image_size: "512" isn't supported by ${PRO}; use 1K, 2K, 4K`,
    ],
    [{ prompt: 'a', image_size: '8K' }, 'image_size: must be one of 512, 1K, 2K, 4K, not "8K"'],
    [{ prompt: 'a', temperature: '2.1' }, 'temperature: must be a number from 0 to 2, not "2.1"'],
    [{ prompt: 'a', temperature: '-1' }, 'temperature: must be a number from 0 to 2, not "-1"'],
    [{ prompt: 'a', top_p: 'high' }, 'top_p: must be a number from 0 to 1, not "high"'],
    [{ prompt: 'a', max_tokens: '32769' }, 'max_tokens: must be a whole number from 1 to 32768, not "32769"'],
    [{ prompt: 'a', max_tokens: '0' }, 'max_tokens: must be a whole number from 1 to 32768, not "0"'],
    [
      { prompt: 'a', model: PRO, image_size: '4K', max_tokens: '1999' },
      'max_tokens: 1999 is less than the 2000 tokens of an image of 4K: leave it out, or write 4096 or more',
    ],
    [
      { prompt: 'a', model: FLASH, max_tokens: '200' },
      'max_tokens: 200 is less than the 1120 tokens of an image of 1K: leave it out, or write 4096 or more',
    ],
    [{ prompt: 'a', variants: '101' }, 'variants: must be a whole number from 1 to 100, not "101"'],
    [{ prompt: 'a', variants: '1.5' }, 'variants: must be a whole number from 1 to 100, not "1.5"'],
    [{ prompt: 'a', tags: 'summer' }, 'tags: "summer" is no tag: write key=value;key=value'],
    [{ prompt: 'a', tags: 'a=1;a=2' }, 'tags: tag "a" stands there twice'],
    [{ prompt: 'a', tags: '__proto__=1' }, 'tags: "__proto__" cannot be the name of a tag'],
    [
      { prompt: 'a', references: Array(15).fill('a.png').join('|') },
      'references: 15 references, at most 14 are taken',
    ],
    [
      { prompt: 'a', references: 'http://example.com/a.png' },
      'references: a reference begins with http: and must be an https link, a key or a file',
    ],
    [
      { prompt: 'a', references: 'https://me:secret@example.com/' },
      'references: a reference must not carry a user or password',
    ],
    [{ prompt: 'a', references: 'https://' }, 'references: a reference is not a whole https link'],
    [
      { prompt: 'a', references: 'a.png\nb.png' },
      'references: a reference has a line break or tab in it: separate references with |',
    ],
    [{ prompt: 'a', id: 'x'.repeat(300) }, 'id: id is over 256 bytes'],
  ])('is rejected with column and reason: %j', (fields, reason) => {
    expect(reasonOf(fields as unknown as RowFields)).toBe(reason);
  });

  test('never shows a password of a link in its reason', () => {
    const reason = reasonOf({ prompt: 'a', references: 'https://me:secret@example.com/' });

    expect(reason).toBe('references: a reference must not carry a user or password');
    expect(reason).not.toContain('secret');
  });

  test('takes drives of Windows, folders and keys for references', () => {
    const references = 'C:\\pictures\\a.png|./b.png|uploads/ref/c.webp';

    expect(itemsOf({ prompt: 'a', references })[0]?.references).toHaveLength(3);
  });

  test('is checked against the batch’s settings too', () => {
    const settings = { model: FLASH, aspectRatio: '1:8' };

    expect(reasonOf({ prompt: 'a', model: PRO }, { settings })).toContain('"1:8" isn\'t supported by');
  });
});

describe('templates', () => {
  test('put cells into prompt, name and tags', () => {
    const row = {
      prompt: '{{City}} in {{ season }}',
      name: 'card {{city}}',
      tags: 'town={{city}}',
      city: 'Rome',
      season: 'May',
    };

    expect(itemsOf(row, { tags: { when: '{{season}}', town: 'x' } })[0]).toMatchObject({
      prompt: 'Rome in May',
      fileName: 'card-Rome',
      tags: { when: 'May', town: 'Rome' },
    });
  });

  test('of the batch come before the prompt of the row, and may use it', () => {
    expect(itemsOf({ prompt: 'a fox' }, { template: 'Oil painting of {{prompt}}.' })[0]?.prompt).toBe(
      'Oil painting of a fox.',
    );
    expect(itemsOf({ animal: 'fox' }, { template: 'A {{animal}}' })[0]?.prompt).toBe('A fox');
  });

  test("are never filled in twice: a cell's text is literal", () => {
    const row = { prompt: '{{a}}', a: '{{b}}', b: '{{a}} ; x=y' };

    expect(itemsOf(row)[0]?.prompt).toBe('{{b}}');
    expect(itemsOf({ prompt: '{{b}}', b: 'x' }, { template: '{{prompt}}' })[0]?.prompt).toBe('{{b}}');
    expect(itemsOf({ ...row, tags: 't={{b}}' })[0]?.tags).toEqual({ t: '{{a}} ; x=y' });
  });

  test('put a cell of several lines into a tag as one', () => {
    expect(itemsOf({ prompt: 'a', tags: 'note={{b}}', b: ' two\r\nlines ' })[0]?.tags).toEqual({
      note: 'two lines',
    });
  });

  test('leave escaped and half braces alone', () => {
    expect(itemsOf({ prompt: 'json \\{{x}} {y} {{ z' })[0]?.prompt).toBe('json {{x}} {y} {{ z');
  });

  test('that name no column are rejected, with the columns that there are', () => {
    expect(reasonOf({ prompt: 'a {{town}}', city: 'x', season: 'y' })).toBe(
      'prompt: unknown column {{town}}; columns: city, season; write \\{{ for literal braces',
    );
    expect(reasonOf({ prompt: '{{constructor}}' })).toContain('unknown column {{constructor}}');
    expect(reasonOf({ prompt: 'a', name: '{{x}}' })).toMatch(/^name: /);
    expect(reasonOf({ prompt: 'a', tags: 'a={{x}}' })).toMatch(/^tags: /);
  });

  test('that make a prompt too long are rejected', () => {
    const template = '{{a}}'.repeat(20);

    expect(reasonOf({ a: 'x'.repeat(2_000) }, { template })).toBe(
      'prompt: prompt is 39.1 KB, at most 32 KB are taken',
    );
  });
});
