import { describe, expect, test } from 'vitest';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import type { ItemSpec } from '../../../shared/domain/item/item.ts';
import { ALIASES, UNSUPPORTED } from '../../../shared/domain/prompt-file/column-aliases.ts';
import { meaningOf, namesColumn } from '../../../shared/domain/prompt-file/column-meaning.ts';
import { KNOWN_COLUMNS, normaliseColumn } from '../../../shared/domain/prompt-file/columns.ts';
import { readColumns } from '../../../shared/domain/prompt-file/read-columns.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import fc from '../../support/property.ts';
import { problemOf, readAll } from './read-all.ts';

const PRO = 'gemini-3-pro-image-preview';

/** What the rows of a file ask for, as variants and settings; or why not. */
async function asked(file: string, template?: string): Promise<unknown[]> {
  const records = await readAll(file);
  return records.map((record) => {
    if (record.kind === 'rejected') return `${record.column}: ${record.reason}`;
    const options = { variants: 1, tags: {}, settings: { model: PRO }, ...(template && { template }) };
    const items = createRowReader(options, modelCatalog())(record);
    if (items.kind === 'rejected') return `${items.column}: ${items.reason}`;
    const [first, ...more] = [...items.items];
    const { model: _, ...settings } = (first as ItemSpec).settings;
    return { ...settings, variants: more.length + 1 };
  });
}

/** Ways to write a name of words. */
const STYLES: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join('_'),
  (words) => words.join('-'),
  (words) => words.join(' '),
  (words) => words.join('_').toUpperCase(),
  (words) => words.map(capital).join(''),
  (words) => words.map(capital).join(' '),
  ([first = '', ...words]) => first + words.map(capital).join(''),
  (words) => ` ${words.join(' ').toUpperCase()}: `,
  (words) => `\u{feff}"${words.map(capital).join('_')}"\u{200b}`,
];

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

describe('the name of a column', () => {
  test.each(Object.entries(ALIASES))(
    '%s is read in any case style, and so are its names elsewhere',
    (column, aliases) => {
      for (const name of [column, ...aliases]) {
        for (const style of STYLES) {
          expect(meaningOf(style(name.split('_')))).toEqual({ kind: 'ours', column });
        }
      }
    },
  );

  test('of the file itself is the same in any case style', () => {
    const word = fc.stringMatching(/^[a-z]{2,6}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const names = STYLES.slice(0, 7).map((style) => normaliseColumn(style(words)));
        expect(new Set(names).size).toBe(1);
      }),
    );
  });

  test('may have letters in it that look like ours', () => {
    expect(meaningOf('рrоmрt')).toEqual({ kind: 'ours', column: 'prompt' });
    expect(meaningOf('Ａｓｐｅｃｔ　Ratio')).toEqual({ kind: 'ours', column: 'aspect_ratio' });
    expect(meaningOf('описание')).toEqual({ kind: 'own', column: 'описание' });
    expect(namesColumn('Ａｓｐｅｃｔ　Ratio', 'aspect_ratio')).toBe(true);
    expect(namesColumn('ОПИСАНИЕ', 'описание')).toBe(true);
    expect(namesColumn('promt', 'prompt')).toBe(false);
  });

  test.each([
    ['Prompt (required)', 'prompt'],
    ['Aspect Ratio [w:h]', 'aspect_ratio'],
    ['Image size (px)*', 'image_size'],
    ['Name (optional):', 'name'],
    ['Temperature (0–2)', 'temperature'],
  ])('counts without a note behind it: %s', (name, column) => {
    expect(meaningOf(name)).toEqual({ kind: 'ours', column });
    expect(meaningOf('Weight (kg)')).toEqual({ kind: 'own', column: 'weight_(kg)' });
  });

  test('means one thing, and no setting of other tools is one of ours', () => {
    const names = [...Object.values(ALIASES).flat(), ...Object.keys(ALIASES), ...UNSUPPORTED];
    expect(names.length).toBe(new Set(names.map((name) => name.replaceAll('_', ''))).size);
    for (const name of UNSUPPORTED) expect(meaningOf(name)).toEqual({ kind: 'unsupported', column: name });
  });

  test.each([
    ['promt', 'prompt'],
    ['aspect_ration', 'aspect_ratio'],
    ['temprature', 'temperature'],
    ['refrences', 'references'],
    ['negativ_prompt', 'negative_prompt'],
    ['nmae', 'name'],
    ['max_tokenss', 'max_tokens'],
  ])('%s is refused, with a hint at %s', (name, meant) => {
    expect(problemOf(`prompt,${name}\na cat,x\n`)).toBe(
      `column "${name}": did you mean "${meant}"? Rename it, or carry it along as it is with --ignore-column ${name}`,
    );
  });

  test.each([
    'game',
    'mode',
    'weight',
    'variant',
    'title',
    'country',
    'state',
    'quantity',
    'timing',
    'image',
    'text',
    'sku',
    'notes',
    'style',
  ])('%s is the file’s own', (name) => {
    expect(meaningOf(name)).toEqual({ kind: 'own', column: name });
  });

  test('that is ignored, or that a template uses, is the file’s own', () => {
    const data = new Set(['count', 'seed', 'promt', 'size']);
    for (const name of ['Count', 'SEED', 'promt', 'size']) {
      expect(meaningOf(name, data)).toEqual({ kind: 'own', column: name.toLowerCase() });
    }
    expect(meaningOf('prompt', new Set(['prompt']))).toEqual({ kind: 'ours', column: 'prompt' });
  });
});

describe('columns together', () => {
  test('that mean the same are refused, unless one has our very name', () => {
    expect(problemOf('prompt,n,count\na,1,2\n')).toBe(
      'columns "n", "count" both mean variants: take one out, or add --ignore-column count',
    );
    expect(readColumns(['prompt', 'Ratio', 'aspect_ratio'], new Set())).toEqual({
      kind: 'columns',
      columns: [
        { name: 'prompt', column: 'prompt', kind: 'ours' },
        { name: 'Ratio', column: 'ratio', kind: 'own' },
        { name: 'aspect_ratio', column: 'aspect_ratio', kind: 'ours' },
      ],
    });
  });

  test.each([
    ['AspectRatio', '16x9', { aspectRatio: '16:9' }],
    ['ar', '16：9', { aspectRatio: '16:9' }],
    ['Ratio', '16:09:00', { aspectRatio: '16:9' }],
    ['size', '1024x1536', { aspectRatio: '2:3', imageSize: '1K' }],
    ['size', '2K', { imageSize: '2K' }],
    ['size', 'auto', {}],
    ['resolution', 'RESOLUTION_1344_768', { aspectRatio: '16:9', imageSize: '1K' }],
    ['image_size', '2048x2048', { aspectRatio: '1:1', imageSize: '2K' }],
    ['num_images', '3.0', { variants: 3 }],
    ['n', '2', { variants: 2 }],
    ['maxOutputTokens', '8192.0', { maxTokens: 8192 }],
    ['prompt_prefix', 'none', { promptPrefix: '' }],
    ['prompt_prefix', 'Generate an image:', {}],
  ])('%s %s is read as what it means', async (column, cell, settings) => {
    expect(await asked(`prompt,${column}\na cat,${cell}\n`)).toEqual([{ variants: 1, ...settings }]);
    expect(await asked(`{"prompt":"a cat","${column}":"${cell}"}\n`)).toEqual([{ variants: 1, ...settings }]);
  });

  test('width and height are a size, if they can be one', async () => {
    expect(await asked('prompt,width,height\na,1216,832\nb,30,40\nc,,\nd,900,300\n')).toEqual([
      { aspectRatio: '3:2', imageSize: '1K', variants: 1 },
      'width: width "30" and height "40" are no pixels of an image; if they are data of yours, add --ignore-column width --ignore-column height',
      { variants: 1 },
      expect.stringMatching(/^width: 900 by 300 pixels is near no ratio/),
    ]);
  });

  test('a column that a prompt or a template uses is data', async () => {
    const file = 'prompt,count,size\n{{count}} cats of size {{size}},3,XL\n';
    expect(await asked(file)).toEqual([{ variants: 1 }]);
    expect(await asked('{"prompt":"{{count}} cats","count":3}\n')).toEqual([{ variants: 1 }]);
  });

  test('a setting that no model has rejects the rows with a value', async () => {
    const reason =
      'seed: is a setting that no model here has: take it out, or carry it along unused with --ignore-column seed';
    expect(await asked('prompt,seed\na,7\nb,\nc,-1\n')).toEqual([reason, { variants: 1 }, { variants: 1 }]);
    expect(await asked('{"prompt":"a","seed":7}\n{"prompt":"b","seed":null}\n')).toEqual([
      reason,
      { variants: 1 },
    ]);
  });
});

test('every column of ours has its aliases said, if only that it has none', () => {
  for (const column of KNOWN_COLUMNS) expect(ALIASES[column]).toBeDefined();
});
