import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { caseFoldedName } from '../../../shared/domain/item/file-name.ts';
import type { FileRecord } from '../../../shared/domain/prompt-file/format.ts';
import { openPrompts } from '../../../shared/domain/prompt-file/reader/open-prompts.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import { collect, inChunks, readAll } from './read-all.ts';

const models = modelCatalog();

function take(record: FileRecord) {
  return record.kind === 'row' ? createRowReader(DEFAULT_BATCH_OPTIONS, models)(record) : record;
}

async function itemsOf(file: string) {
  const taken = (await readAll(readFileSync(`examples/${file}`), file)).map(take);
  return taken.flatMap((each) => {
    if (each.kind === 'rejected') throw new Error(`${file}: ${each.reason}`);
    return [...each.items];
  });
}

test('the postcards are 27 images with names of their own', async () => {
  const items = await itemsOf('postcards.csv');

  expect(items).toHaveLength(27);
  expect(new Set(items.map(({ fileName }) => caseFoldedName(fileName))).size).toBe(27);
  expect(items[0]).toMatchObject({
    id: 'card-01',
    fileName: 'Lisbon-in-spring',
    columns: { city: 'Lisbon' },
  });
  expect(items.filter(({ settings }) => settings.model.includes('-pro-'))).toHaveLength(3);
  expect(items.some(({ prompt }) => prompt.includes('{{'))).toBe(false);
});

test('PartiPrompts and a file of the OpenAI batch API are taken whole', async () => {
  expect(await itemsOf('parti-prompts.tsv')).toHaveLength(1_632);
  expect((await itemsOf('openai-batch.jsonl')).map(({ id }) => id)).toEqual(['lamp-1', 'lamp-2', 'lamp-3']);
});

test.each([
  ['gemini-batch.jsonl', 4, ['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4']],
  ['products.json', 3, ['mug-01', 'bowl-01', 'edit-01']],
  ['prompts.txt', 3, [undefined, undefined, undefined]],
  ['shots.xlsx', 3, ['001', '002', '003']],
])('%s is taken whole', async (name, count, ids) => {
  const bytes = readFileSync(`examples/${name}`);
  const file = await openPrompts(
    { name, size: bytes.length, open: (from) => inChunks(bytes.subarray(from)) },
    {},
  );
  if (file.kind === 'problem') throw new Error(file.message);
  const taken = (await collect(file.records())).map(take);

  const items = taken.flatMap((each) => (each.kind === 'items' ? [...each.items] : []));
  expect(items).toHaveLength(count);
  expect(items.map(({ id }) => id)).toEqual(ids);
});

test('each mistake is reported with line, column and reason', async () => {
  const records = await readAll(readFileSync('examples/mistakes.csv'));

  const told = records.map((record) => {
    const taken = take(record);
    return taken.kind === 'items'
      ? `${record.line} taken`
      : `${record.line} ${taken.column ?? '-'}: ${taken.reason}`;
  });

  expect(told).toMatchInlineSnapshot(`
    [
      "2 taken",
      "3 prompt: prompt is empty",
      "4 prompt: unknown column {{town}}; columns: id, city, model, aspect_ratio, image_size, temperature, variants, references, tags; write \\{{ for literal braces",
      "5 model: unknown model "dall-e-3"; there are gemini-3-pro-image-preview, gemini-3.1-flash-image-preview",
      "6 aspect_ratio: "1:7" isn't supported by gemini-3.1-flash-image-preview; use 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9, 1:4, 4:1, 1:8, 8:1",
      "7 aspect_ratio: "1:8" isn't supported by gemini-3-pro-image-preview; use 1:1, 2:3, 3:2, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9",
      "8 image_size: must be one of 512, 1K, 2K, 4K, not "8K"",
      "9 image_size: "512" isn't supported by gemini-3-pro-image-preview; use 1K, 2K, 4K",
      "10 temperature: must be a number from 0 to 2, not "3"",
      "11 variants: must be a whole number from 1 to 100, not "1000"",
      "12 references: a reference begins with http: and must be an https link, a key or a file",
      "13 references: data: URIs are not taken as references: upload the image and give its key or https link",
      "14 tags: "summer" is no tag: write key=value;key=value",
      "15 prompt: control character U+0007: take it out",
      "16 -: row has 2 cells; the header has 10 columns",
      "17 -: row has 12 cells; the header has 10 columns",
      "18 prompt: cell is not valid text: save the file as UTF-8",
      "20 taken",
      "21 taken",
      "22 -: quote is never closed: nothing from here on could be read",
      "23 -: a quote that is opened in a line above, and not closed there, swallows this line",
    ]
  `);
});
