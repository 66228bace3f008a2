import { expect, test } from 'vitest';
import { readRecords } from '../../../shared/domain/prompt-file/reader/read-records.ts';
import { brief, collect, formatOf, inChunks, readAll } from './read-all.ts';

const MEBIBYTE = 1024 * 1024;

test('says how many cells there are and how many there should be', async () => {
  const records = await readAll('prompt,city,season\na,b\na,b,c,d\nx,y,z\n');

  expect(records.map(brief)).toEqual([
    '1@2 -: row has 2 cells; the header has 3 columns',
    '2@3 -: row has 4 cells; the header has 3 columns',
    '3@4 {"prompt":"x","city":"y","season":"z"}',
  ]);
});

test('passes over rows of separators only, as a spreadsheet leaves them', async () => {
  expect((await readAll('prompt;city\r\n;\r\na;b\r\n;\r\n ; \r\n')).map(brief)).toEqual([
    '1@3 {"prompt":"a","city":"b"}',
  ]);
});

test('takes rows without the empty column that a header ends with', async () => {
  expect((await readAll('name,prompt,\nkat,a cat\nhund,a dog,\nkuh\n')).map(brief)).toEqual([
    '1@2 {"name":"kat","prompt":"a cat"}',
    '2@3 {"name":"hund","prompt":"a dog"}',
    '3@4 -: row has 1 cell; the header has 3 columns',
  ]);
});

test('takes rows that all end in a delimiter; one alone has a delimiter too many somewhere', async () => {
  expect((await readAll('name,prompt\nkat,a cat,\nhund,a dog,\n')).map(brief)).toEqual([
    '1@2 {"name":"kat","prompt":"a cat"}',
    '2@3 {"name":"hund","prompt":"a dog"}',
  ]);
  expect((await readAll('prompt,name,tags\na cat, big,,\na dog,hund,a=b\n')).map(brief)).toEqual([
    '1@2 -: row has 4 cells; the header has 3 columns',
    '2@3 {"prompt":"a dog","name":"hund","tags":"a=b"}',
  ]);
});

test.each([
  ['the header again', '\ufeffPrompt,City', 'the header stands here again: take it out'],
  ['a rule of Markdown', '---|:--:', 'a rule of dashes, as tables of text have it, is no row: take it out'],
])('rejects %s in the middle of a file', async (_, line, reason) => {
  const delimiter = line.includes('|') ? '|' : ',';
  const file = ['prompt,city', 'a,b', line, 'c,d'].map((each) => each.replace(',', delimiter)).join('\n');

  expect((await readAll(file)).map(brief)).toEqual([
    '1@2 {"prompt":"a","city":"b"}',
    `2@3 -: ${reason}`,
    '3@4 {"prompt":"c","city":"d"}',
  ]);
});

test('rejects control characters and names the first', async () => {
  expect((await readAll('prompt,city\na\0b,c\nd,\x1be\nf\tg,h\n')).map(brief)).toEqual([
    '1@2 prompt: control character U+0000: take it out',
    '2@3 city: control character U+001B: take it out',
    '3@4 {"prompt":"f\\tg","city":"h"}',
  ]);
});

const SWALLOWED = 'a quote that is opened in a line above, and not closed there, swallows this line';

test('accounts for each line that a quote swallows that is never closed', async () => {
  const records = await readAll('prompt,city\na,b\nc,"d\ne,f\n\ng,h\n');

  expect(records.map(brief)).toEqual([
    '1@2 {"prompt":"a","city":"b"}',
    '2@3 -: quote is never closed: nothing from here on could be read',
    `3@4 -: ${SWALLOWED}`,
    `4@6 -: ${SWALLOWED}`,
  ]);
});

test('names the line of an open quote far down in a record of several lines', async () => {
  const records = await readAll('prompt,city,c\n\n"a\nb",x,"d\ne,f\n');

  expect(records.map(brief)).toEqual([
    `1@3 -: ${SWALLOWED}`,
    '2@4 -: quote is never closed: nothing from here on could be read',
    `3@5 -: ${SWALLOWED}`,
  ]);
});

test('does not merge rows between two cells that merely begin with a quote', async () => {
  const records = await readAll('prompt\tnote\n"Hello\tx\nplain\ty\n"Bye"\tz\nlast\tw\n');

  expect(records.map(brief)).toEqual([
    '1@2 -: text follows the closing quote of a cell with line breaks: write quotes inside it twice ("")',
    `2@3 -: ${SWALLOWED}`,
    `3@4 -: ${SWALLOWED}`,
    '4@5 {"prompt":"last","note":"w"}',
  ]);
});

test('rejects a cell of 10 MB, says so, and reads on', async () => {
  const records = await readAll(`prompt,city\n${'x'.repeat(10 * MEBIBYTE)},a\nb,c\n`);

  expect(records.map(brief)).toEqual([
    '1@2 prompt: cell is 10.0 MB, at most 32 KB are taken',
    '2@3 {"prompt":"b","city":"c"}',
  ]);
});

test('rejects a row that is too long though each of its cells is not', async () => {
  const cell = 'x'.repeat(30 * 1024);

  expect((await readAll(`prompt,a,b,c\n${cell},${cell},${cell},${cell}\n`)).map(brief)).toEqual([
    '1@2 -: row is 120 KB, at most 100 KB are taken',
  ]);
});

test.each([
  ['a cell that goes on and on', '"', 'x'],
  ['cells that go on and on', 'x', ','],
])('gives up on %s after 16 MB, without reading the rest', async (_, begin, filling) => {
  let given = 0;
  async function* endless() {
    yield Buffer.from(`prompt,city\na,b\n${begin}`);
    for (;;) {
      given += MEBIBYTE;
      yield Buffer.alloc(MEBIBYTE, filling);
    }
  }
  const { format, start } = formatOf(Buffer.from('prompt,city\na,b\n'));

  const bytes = endless();
  const head = await bytes.next();
  const rest = (async function* () {
    yield Buffer.from(head.value ?? []).subarray(start.byte);
    yield* bytes;
  })();
  const records = await collect(readRecords(rest, format, start));

  expect(records[0]).toMatchObject({ kind: 'row', row: 1, line: 2 });
  expect(records[1]).toMatchObject({ kind: 'rejected', row: 2, line: 3, next: { done: true } });
  expect(records[1]).toHaveProperty(
    'reason',
    expect.stringMatching(/^record is 1[67]\.0 MB, at most 16\.0 MB/),
  );
  expect(records).toHaveLength(2);
  expect(given).toBeLessThan(20 * MEBIBYTE);
});

test('reads 20 MB of blank lines between two rows', async () => {
  const file = Buffer.concat([
    Buffer.from('prompt,city\na,b\n'),
    Buffer.alloc(20 * MEBIBYTE, '\n'),
    Buffer.from('c,d\n'),
  ]);

  expect((await readAll(file)).map(brief)).toEqual([
    '1@2 {"prompt":"a","city":"b"}',
    `2@${3 + 20 * MEBIBYTE} {"prompt":"c","city":"d"}`,
  ]);
});

test('stops reading its source when the reader stops', async () => {
  let isClosed = false;
  async function* source() {
    try {
      for (;;) yield Buffer.from('a,b\n');
    } finally {
      isClosed = true;
    }
  }
  const { format, start } = formatOf(Buffer.from('prompt,city\na,b\n'));

  for await (const record of readRecords(source(), format, start)) {
    if (record.row === 5) break;
  }

  expect(isClosed).toBe(true);
});

test('passes on errors of its source', async () => {
  async function* source() {
    yield* inChunks(Buffer.from('a,b\nc,d\n'));
    throw new Error('the connection broke');
  }
  const { format, start } = formatOf(Buffer.from('prompt,city\na,b\n'));

  await expect(collect(readRecords(source(), format, start))).rejects.toThrow('connection broke');
});
