import { describe, expect, test } from 'vitest';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import type { ItemSpec } from '../../../shared/domain/item/item.ts';
import type { RowFields } from '../../../shared/domain/prompt-file/format.ts';
import { expansionProblem } from '../../../shared/domain/prompt-file/row/count-items.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import type { Expansion } from '../../../shared/domain/prompt-file/template/axes.ts';
import {
  combinationAt,
  combinationCount,
  combinationNumbers,
} from '../../../shared/domain/prompt-file/template/combinations.ts';
import fc from '../../support/property.ts';
import { readAll } from './read-all.ts';

const models = modelCatalog();
const CITIES = ['Lisbon', 'Hanoi', 'Oaxaca', 'Bergen', 'Jaipur'];
const SEASONS = ['spring', 'summer', 'autumn', 'winter'];
const STYLES = ['etching', 'oil', 'collage', 'photograph', 'lino print', 'ink'];

function optionsOf(template?: string, expansion?: Partial<Expansion>): BatchOptions {
  return {
    ...DEFAULT_BATCH_OPTIONS,
    ...(template !== undefined && { template }),
    ...(expansion !== undefined && { expansion: { axes: [], ...expansion } }),
  };
}

function take(fields: RowFields, options: BatchOptions) {
  return createRowReader(options, models)({ row: 7, fields });
}

function itemsOf(fields: RowFields, template?: string, expansion?: Partial<Expansion>): ItemSpec[] {
  const taken = take(fields, optionsOf(template, expansion));
  if (taken.kind === 'rejected') throw new Error(`${taken.column}: ${taken.reason}`);
  return [...taken.items];
}

const promptsOf = (...args: Parameters<typeof itemsOf>) => itemsOf(...args).map(({ prompt }) => prompt);

describe('filters', () => {
  test.each([
    ['{{city|upper}}', 'RIO DE JANEIRO'],
    ['{{ City | lower }}', 'rio de janeiro'],
    ['{{city|slug}}', 'rio-de-janeiro'],
    ['{{empty|default: nobody: at all}}', 'nobody: at all'],
    ['{{city|default:nobody}}', 'Rio de Janeiro'],
    ['{{empty|default:A B|slug|upper}}', 'A-B'],
    ['{{a|b}}', 'a column of that name'],
  ])('%s makes %s', (template, prompt) => {
    const row = { city: 'Rio de Janeiro', empty: ' ', 'a|b': 'a column of that name' };

    expect(promptsOf(row, template)).toEqual([prompt]);
  });

  test('work in prompt, name and tags of a row, too', () => {
    const row = {
      prompt: '{{city|upper}}',
      name: '{{city|slug}}',
      tags: 'at={{city|lower}}',
      city: 'São Paulo',
    };

    expect(itemsOf(row)[0]).toMatchObject({
      prompt: 'SÃO PAULO',
      fileName: 'são-paulo',
      tags: { at: 'são paulo' },
    });
  });

  test("that don't exist are reported with those that do", () => {
    const taken = take({ city: 'x' }, optionsOf('{{city|shout}}'));

    expect(taken).toEqual({
      kind: 'rejected',
      column: 'template',
      reason: '{{ }} has an unknown filter: "shout"; there are upper, lower, slug, default:…',
    });
  });
});

describe('a template of three axes', () => {
  const axes = [
    { name: 'city', values: CITIES },
    { name: 'season', values: SEASONS },
  ];
  const template = `A postcard of {{city}} in {{season}}, {${STYLES.join('|')}}`;

  test('of 5 × 4 × 6 makes 120 items, each prompt exactly once, in order', () => {
    const expected = CITIES.flatMap((city) =>
      SEASONS.flatMap((season) => STYLES.map((style) => `A postcard of ${city} in ${season}, ${style}`)),
    );

    const items = itemsOf({ source: 'x' }, template, { axes });

    expect(items.map(({ prompt }) => prompt)).toEqual(expected);
    expect(items.map(({ variant }) => variant)).toEqual(expected.map((_, index) => index + 1));
    expect(new Set(items.map(({ fileName }) => fileName)).size).toBe(120);
    expect(items[119]).toMatchObject({
      fileName: '0007-a-postcard-of-jaipur-in-winter-ink-v120',
      columns: { source: 'x', city: 'Jaipur', season: 'winter' },
    });
  });

  test('makes variants of each prompt side by side', () => {
    const items = itemsOf({ variants: '2' }, '{a|b}');

    expect(items.map(({ prompt, fileName }) => `${prompt} ${fileName}`)).toEqual([
      'a 0007-a-v1',
      'a 0007-a-v2',
      'b 0007-b-v3',
      'b 0007-b-v4',
    ]);
  });

  test('may ask for settings: an axis is a column', () => {
    const ratios = [{ name: 'aspect_ratio', values: ['1:1', '16:9'] }];

    expect(itemsOf({ prompt: 'a fox' }, undefined, { axes: ratios }).map(({ settings }) => settings)).toEqual(
      [
        { model: DEFAULT_BATCH_OPTIONS.settings.model, aspectRatio: '1:1' },
        { model: DEFAULT_BATCH_OPTIONS.settings.model, aspectRatio: '16:9' },
      ],
    );
  });

  test('is all or nothing: one invalid value rejects the row', () => {
    const ratios = [{ name: 'aspect_ratio', values: ['1:1', '1:7'] }];

    expect(take({ prompt: 'a fox' }, optionsOf(undefined, { axes: ratios }))).toMatchObject({
      kind: 'rejected',
      column: 'aspect_ratio',
      reason: expect.stringContaining('"1:7" isn\'t supported by'),
    });
  });

  test('takes an axis that is a column too for a mistake', () => {
    expect(take({ city: 'Rome' }, optionsOf('{{city}}', { axes }))).toMatchObject({
      kind: 'rejected',
      reason: '"city" is an axis and a column of the file: give the axis another name',
    });
  });
});

describe('alternatives', () => {
  test.each([
    ['a {red|blue} fox', ['a red fox', 'a blue fox']],
    ['a fox{| in snow}', ['a fox', 'a fox in snow']],
    ['{{{city}} at noon|noon}', ['Rome at noon', 'noon']],
    ['{{{city|upper}}|b}', ['ROME', 'b']],
    ['\\{a|b\\} \\| {c\\|d|e\\}}', ['{a|b} | c|d', '{a|b} | e}']],
    ['{"shape": "round", "in": {"city": "{{city}}"}}', ['{"shape": "round", "in": {"city": "Rome"}}']],
    ['{no choice} {{{ } \\{{city}}', ['{no choice} {{{ } {{city}}']],
    ['{a|{b|c}}', ['{a|b}', '{a|c}']],
  ])('%s makes %j', (template, prompts) => {
    expect(promptsOf({ city: 'Rome' }, template)).toEqual(prompts);
  });

  test('in the prompts of a file are text, unless it is said that they are choices', () => {
    const row = { prompt: '{"style": "oil|ink"} \\{a\\|b}' };

    expect(promptsOf(row)).toEqual([row.prompt]);
    expect(promptsOf(row, '{{prompt}}')).toEqual([row.prompt]);
    expect(promptsOf(row, undefined, { prompts: true })).toEqual(['"style": "oil {a|b}', 'ink" {a|b}']);
  });

  test('of a text without end are read in no time', () => {
    const began = performance.now();
    for (const text of ['{a\\|', '{{', '{a|{{b}}', '\\{', '{'].map((each) => each.repeat(6_000))) {
      take({ prompt: text }, optionsOf(undefined, { prompts: true }));
    }

    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('leave every text without braces and backslashes as it is', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((each) => !/[{}\\]/.test(each) && /[\p{L}\p{N}\p{S}]/u.test(each));
    fc.assert(
      fc.property(text, (prompt) => {
        expect(promptsOf({}, prompt)).toEqual([prompt.trim()]);
      }),
    );
  });
});

describe('a sample', () => {
  const template = '{a|b|c|d|e} {1|2|3|4|5} {x|y|z}';

  test('is so many different combinations, the same ones each time, others by another seed', () => {
    const sample = promptsOf({}, template, { sample: 10, seed: 'one' });

    expect(new Set(sample).size).toBe(10);
    expect(promptsOf({}, template, { sample: 10, seed: 'one' })).toEqual(sample);
    expect(promptsOf({}, template, { sample: 10, seed: 'two' })).not.toEqual(sample);
    expect(promptsOf({}, template, { sample: 999 })).toHaveLength(75);
  });

  test('goes with the row, not with its place: rows draw differently', () => {
    const drawn = (city: string) => promptsOf({ city }, template, { sample: 10 });

    expect(drawn('Rome')).not.toEqual(drawn('Oslo'));
  });

  test('is drawn without repeats, in order, from any number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 48 }),
        fc.integer({ min: 0, max: 200 }),
        fc.string(),
        (total, n, seed) => {
          const numbers = [...combinationNumbers(total, Math.min(n, total), () => seed)].slice(0, 200);

          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
          expect(numbers.every((number) => number >= 0 && number < total)).toBe(true);
        },
      ),
    );
  });

  test('draws each combination about as often as any other', () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 5_000; seed += 1) {
      for (const number of combinationNumbers(10, 3, () => String(seed)))
        counts[number] = (counts[number] ?? 0) + 1;
    }

    expect(Math.min(...counts)).toBeGreaterThan(1_350);
    expect(Math.max(...counts)).toBeLessThan(1_650);
  });
});

test('combinations are numbered through, each choice of each with each', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 5 }), (sizes) => {
      const all = Array.from({ length: combinationCount(sizes) }, (_, index) => combinationAt(sizes, index));

      expect(new Set(all.map(String)).size).toBe(all.length);
      expect(all.every((each) => each.every((choice, nth) => choice < (sizes[nth] ?? 0)))).toBe(true);
      expect(all.map(String)).toEqual(all.map(String).toSorted());
    }),
  );
});

describe('more images than are allowed', () => {
  const hundred = `{${Array.from({ length: 100 }, (_, index) => index).join('|')}}`;
  async function* rowsOf(rows: number) {
    yield* await readAll(`prompt,city\n${'a fox,Rome\n'.repeat(rows)}`);
  }
  const problem = (rows: number, template: string, expansion?: Partial<Expansion>) =>
    expansionProblem(rowsOf(rows), optionsOf(template, expansion));

  test('of all rows together are a reason not to begin; so many as are allowed are none', async () => {
    expect(await problem(100, hundred)).toBeUndefined();
    expect(await problem(101, hundred)).toBe(
      'the template makes 10100 images, at most 10000 are made: draw some with pressrun-sample, or raise pressrun-max-items',
    );
    expect(await problem(101, hundred, { maxItems: 10_100 })).toBeUndefined();
    expect(await problem(101, hundred, { sample: 99 })).toBeUndefined();
    expect(await problem(1, hundred.repeat(40))).toContain('more combinations than can be counted');
    expect(await problem(1, hundred.repeat(3), { sample: 5 })).toBeUndefined();
  });

  test('are made by no axis that nothing uses, for they would be the same', async () => {
    const season = { axes: [{ name: 'season', values: ['spring', 'autumn'] }] };
    async function* rows(file: string) {
      yield* await readAll(file);
    }
    const problemIn = (file: string, template?: string, expansion: Partial<Expansion> = season) => {
      const options = optionsOf(template ?? '', expansion);
      const { template: _, ...own } = options;
      return expansionProblem(rows(file), template === undefined ? own : options);
    };

    expect(await problemIn('prompt\na fox\n')).toBe(
      'pressrun-axes: nothing uses "season", so its images would be the same: put {{season}} into the template, the tags, or the file\'s prompts',
    );
    expect(await problemIn('prompt\na fox in {{season}}\n', 'a {{city}}')).toContain('nothing uses "season"');
    expect(await problemIn('prompt\na fox in {{season}}\n')).toBeUndefined();
    expect(await problemIn('prompt,tags\na fox,when={{season}}\n')).toBeUndefined();
    expect(await problemIn('prompt,city\na fox,Rome\n', '{{city}} in {{ season | upper }}')).toBeUndefined();
    const size = { axes: [{ name: 'image_size', values: ['1K', '2K'] }] };
    expect(await problemIn('prompt\na fox\n', undefined, size)).toBeUndefined();
    const mistyped = { axes: [{ name: 'aspct_ratio', values: ['1:1', '16:9'] }] };
    expect(await problemIn('prompt\na fox\n', undefined, mistyped)).toContain('did you mean "aspect_ratio"?');
  });

  test('are no question of files that say all their rows themselves', async () => {
    expect(await problem(20_000, 'of {{city}}')).toBeUndefined();
    expect(
      await problem(20_000, 'of {{city}} {{week}}', { axes: [{ name: 'week', values: ['47'] }] }),
    ).toBeUndefined();
  });
});
