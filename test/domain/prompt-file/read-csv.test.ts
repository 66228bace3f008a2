import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { brief, formatOf, readAll } from './read-all.ts';

async function rows(file: string | Uint8Array): Promise<string[]> {
  return (await readAll(file)).map(brief);
}

describe('a file of prompts as CSV', () => {
  test.each([[','], [';'], ['\t'], ['|']])('finds out that %j separates its cells', async (delimiter) => {
    const file = [
      ['Prompt', 'City'],
      ['a cat', 'Rome'],
    ].map((cells) => cells.join(delimiter));

    expect(await rows(file.join('\n'))).toEqual(['1@2 {"prompt":"a cat","city":"Rome"}']);
  });

  test('is not misled by other separators inside header names and cells', async () => {
    const file = 'prompt;"note, or a remark";city\n"a cat; a dog";x,y;Rome\n';

    expect(await rows(file)).toEqual([
      '1@2 {"prompt":"a cat; a dog","note,_or_a_remark":"x,y","city":"Rome"}',
    ]);
  });

  test('takes a file of one column as it is, commas and all', async () => {
    expect(await rows('prompt\na cat, a dog; a bird\n"quoted, too"\n')).toEqual([
      '1@2 {"prompt":"a cat, a dog; a bird"}',
      '2@3 {"prompt":"quoted, too"}',
    ]);
  });

  test('reads header names whatever their case, spaces, hyphens and underscores', () => {
    const { format } = formatOf(Buffer.from(' PROMPT ,Aspect Ratio,image-size,TOP_P\nx,1:1,1K,1\n'));

    expect(format).toMatchObject({ columns: ['prompt', 'aspect_ratio', 'image_size', 'top_p'] });
  });

  test('keeps line breaks, doubled quotes and separators of quoted cells, and counts lines of the file', async () => {
    const file = 'prompt,city\r\n"a ""big"" cat\r\non two lines, sitting",Rome\r\n\r\na dog,Oslo\r\n';

    expect(await rows(file)).toEqual([
      '1@2 {"prompt":"a \\"big\\" cat\\r\\non two lines, sitting","city":"Rome"}',
      '2@5 {"prompt":"a dog","city":"Oslo"}',
    ]);
  });

  test('takes a quote inside a cell, or around its first words, as a plain character', async () => {
    const file = 'prompt\tnote\nthe word "OPEN" on a door\ta 5" nail\n"G I G G L E" in paint\tx\n';

    expect(await rows(file)).toEqual([
      '1@2 {"prompt":"the word \\"OPEN\\" on a door","note":"a 5\\" nail"}',
      '2@3 {"prompt":"\\"G I G G L E\\" in paint","note":"x"}',
    ]);
  });

  test.each([
    ['blanks beside quotes', 'prompt, city\n"a cat" , "Rome"\n "a dog, big",Oslo \n'],
    ['the delimiter in a first line', 'sep=;\r\nprompt;city\r\n"a cat";Rome\r\na dog, big;"Oslo "\r\n'],
    [
      'a first line of PowerShell',
      '#TYPE System.Management.Automation.PSCustomObject\r\n"prompt","city"\r\n"a cat","Rome"\r\n"a dog, big","Oslo "\r\n',
    ],
    ['line ends that Python doubled', 'prompt,city\r\r\na cat,Rome\r\r\n"a dog, big",Oslo \r\r\n'],
    ['line ends of old Macs, the last of another kind', 'prompt,city\ra cat,Rome\r"a dog, big",Oslo \r\n'],
    [
      'characters in the header that nobody sees',
      '\u{200b}prompt,\u{ad}city\u{2060}\na cat,Rome\n"a dog, big",Oslo \n',
    ],
    ['bars around each line', '| prompt | city |\n| a cat | Rome |\n| a dog, big | Oslo |\n'],
  ])('is read with %s', async (_, file) => {
    const cells = (await readAll(file)).map((record) =>
      record.kind === 'row' ? Object.values(record.fields).map((text) => text.trim()) : [record.reason],
    );

    expect(cells).toEqual([
      ['a cat', 'Rome'],
      ['a dog, big', 'Oslo'],
    ]);
  });

  test('keeps line feeds in cells if lines end in carriage returns', async () => {
    expect(await rows('prompt,city\r"a cat\non two lines",Rome\ra dog,Oslo\r')).toEqual([
      '1@2 {"prompt":"a cat\\non two lines","city":"Rome"}',
      '2@3 {"prompt":"a dog","city":"Oslo"}',
    ]);
  });

  test.each([
    ['"The "big" cat",x', 'The "big" cat'],
    ['"a 5" nail",x', 'a 5" nail'],
    ['"a sign, "OPEN", in red",x', undefined],
    ['"he said \\"hi, you\\", and left",x', 'he said "hi, you", and left'],
    ['"C:\\",x', 'C:\\'],
    ['"""OPEN"" on a door",x', '"OPEN" on a door'],
    ['"OPEN" and "CLOSED",x', '"OPEN" and "CLOSED"'],
    ['"OPEN" on a door,x', '"OPEN" on a door'],
    ['"",x', ''],
    ['a "b" c,x', 'a "b" c'],
  ])('takes quotes in %j for what they are', async (line, prompt) => {
    const [record] = await readAll(`prompt,city\n${line}\n`);

    expect(record?.kind === 'row' ? record.fields.prompt : undefined).toBe(prompt);
  });

  test('passes over blank lines without counting them as rows', async () => {
    expect(await rows('\n  \nprompt,a\n\n\nx,1\n   \n\ny,2\n\n')).toEqual([
      '1@6 {"prompt":"x","a":"1"}',
      '2@9 {"prompt":"y","a":"2"}',
    ]);
  });

  test('reads mixed line ends, and those of very old Macs', async () => {
    expect(await rows('prompt,a\r\nx,1\ny,2\r\n')).toEqual([
      '1@2 {"prompt":"x","a":"1"}',
      '2@3 {"prompt":"y","a":"2"}',
    ]);
    expect(await rows('prompt,a\rx,1\ry,2')).toEqual([
      '1@2 {"prompt":"x","a":"1"}',
      '2@3 {"prompt":"y","a":"2"}',
    ]);
  });

  test('gives column names that every object has no special meaning', async () => {
    const [record] = await readAll('prompt,__proto__,constructor\nx,1,2\n');

    expect(record).toMatchObject({ fields: { proto: '1', constructor: '2' } });
  });

  test('brings all 1,632 PartiPrompts out word for word', async () => {
    const file = readFileSync('examples/parti-prompts.tsv');
    const lines = file.toString().split('\n').slice(1, -1);

    const records = await readAll(file, 'parti-prompts.tsv', 1_000);

    const cells = records.map((record) => (record.kind === 'row' ? Object.values(record.fields) : []));
    expect(records).toHaveLength(1_632);
    expect(cells.map((each) => each.join('\t'))).toEqual(lines);
  });
});

describe('the encoding of a file of prompts', () => {
  const text = 'prompt,city\n한국의 봄 🌸,Zürich\n"two\nlines",Ōsaka\n';
  const expected = [
    '1@2 {"prompt":"한국의 봄 🌸","city":"Zürich"}',
    '2@3 {"prompt":"two\\nlines","city":"Ōsaka"}',
  ];
  const utf16 = Buffer.from(text, 'utf16le');
  const files: [string, Buffer][] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 LE', utf16],
    ['UTF-16 LE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', Buffer.from(utf16).swap16()],
    ['UTF-16 BE with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ];

  test.each(files)('may be %s, wherever the chunks are cut', async (_, file) => {
    for (const chunkBytes of [1, 3, 7, 10_000]) {
      expect((await readAll(file, 'x.csv', chunkBytes)).map(brief)).toEqual(expected);
    }
  });

  test('costs a row that is not UTF-8 only itself', async () => {
    const file = Buffer.concat([
      Buffer.from('prompt,city\na,Rome\n'),
      Buffer.from('caf\xe9,Paris\n', 'latin1'),
      Buffer.from('é,Oslo\n'),
    ]);

    expect(await rows(file)).toEqual([
      '1@2 {"prompt":"a","city":"Rome"}',
      '2@3 prompt: cell is not valid text: save the file as UTF-8',
      '3@4 {"prompt":"é","city":"Oslo"}',
    ]);
  });
});
