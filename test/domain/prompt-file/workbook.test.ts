import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FileRecord } from '../../../shared/domain/prompt-file/format.ts';
import { openPrompts, type ReadingOptions } from '../../../shared/domain/prompt-file/reader/open-prompts.ts';
import { type TestCell, type TestWorkbook, workbook, zip } from '../../support/workbook.ts';
import { brief, collect, inChunks } from './read-all.ts';

function fileOf(bytes: Buffer, name = 'x.xlsx') {
  return { name, size: bytes.length, open: (from: number) => inChunks(bytes.subarray(from), 5_000) };
}

async function opened(bytes: Buffer, options: ReadingOptions = {}, name?: string) {
  const file = await openPrompts(fileOf(bytes, name), options);
  if (file.kind === 'problem') throw new Error(file.message);
  return file;
}

async function read(bytes: Buffer, options?: ReadingOptions, name?: string): Promise<FileRecord[]> {
  return await collect((await opened(bytes, options, name)).records());
}

const table = (...rows: TestCell[][]): TestWorkbook => ({ sheets: [{ name: 'A', rows }] });
const problemIn = async (bytes: Buffer, options: ReadingOptions = {}) => {
  const file = await openPrompts(fileOf(bytes), options);
  return file.kind === 'problem' ? file.message : 'none';
};

describe('a workbook', () => {
  test('is read as its cells are shown: dates, numbers, times, texts of many looks', async () => {
    const styled = (style: number, value: string) => ({ xml: `<c s="${style}"><v>${value}</v></c>` });
    const bytes = workbook({
      styles: ['yyyy-mm-dd', '00000', 'h:mm', '0.00%', '[$-F800]dddd', ';;;'],
      ...table(
        ['Prompt', 'made on', 'sku', 'aspect ratio', 'share', 'n', 'long', 'b', 'day', 'hidden'],
        [
          {
            xml: '<c t="inlineStr"><is><r><t xml:space="preserve">a </t></r><r><t>fox_x000A_</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>',
          },
          styled(1, '46000.7'),
          styled(2, '123'),
          styled(3, '0.672916666666667'),
          styled(4, '0.5'),
          { xml: '<c><v>0.30000000000000004</v></c>' },
          1234567890123,
          { xml: '<c t="b"><v>1</v></c>' },
          styled(5, '46000'),
          styled(6, '7'),
        ],
      ),
    });

    expect((await read(bytes)).map(brief)).toEqual([
      '1@2 {"prompt":"a fox\\n","made_on":"2025-12-09","sku":"00123","aspect_ratio":"16:09","share":"50.00%","variants":"0.3",' +
        '"long":"1234567890123","b":"TRUE","day":"2025-12-09","hidden":"7"}',
    ]);
  });

  test('keeps the row numbers of its sheet over empty rows and cells of many lines', async () => {
    const bytes = workbook(
      table([], ['prompt', 'city', ''], ['a "cat",\r\nbig', undefined, ' '], [], [], ['a dog', 'Rome']),
    );

    expect((await read(bytes)).map(brief)).toEqual([
      '1@3 {"prompt":"a \\"cat\\",\\nbig","city":""}',
      '2@6 {"prompt":"a dog","city":"Rome"}',
    ]);
  });

  test("takes a formula's value; an error, or a formula without a value, rejects the row", async () => {
    const bytes = workbook(
      table(
        ['prompt', 'n'],
        [{ xml: '<c t="str"><f>A1&amp;"x"</f><v>a fox</v></c>' }, { xml: '<c><f>1+1</f><v>2</v></c>' }],
        [{ xml: '<c><f>A1</f><v></v></c>' }, 1],
        ['a', { xml: '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>' }],
        ['b', { xml: '<c t="str"><f>""</f><v></v></c>' }],
      ),
    );

    expect((await read(bytes)).map(brief)).toEqual([
      '1@2 {"prompt":"a fox","variants":"2"}',
      '2@3 prompt: the formula has no value yet: open the workbook in a spreadsheet program, and save it',
      '3@4 variants: the cell shows the error "#DIV/0!": fix its formula, or empty it',
      '4@5 {"prompt":"b","variants":""}',
    ]);
  });

  test('is read from the first sheet that is not hidden, or from the one that is named', async () => {
    const bytes = workbook({
      sheets: [
        { name: 'Old', state: 'hidden', rows: [['prompt'], ['old']] },
        { name: 'New', rows: [['prompt'], ['new']] },
        { name: 'Other', rows: [['prompt'], ['other']] },
      ],
    });

    expect((await opened(bytes)).sheet).toEqual({ name: 'New', others: ['Other'] });
    expect((await read(bytes)).map(brief)).toEqual(['1@2 {"prompt":"new"}']);
    expect((await read(bytes, { sheet: ' old' })).map(brief)).toEqual(['1@2 {"prompt":"old"}']);
    expect(await problemIn(bytes, { sheet: 'x' })).toBe(
      'the workbook has no sheet "x"; it has "Old", "New", "Other"',
    );
    expect(await problemIn(Buffer.from('prompt\na\n'), { sheet: 'x' })).toContain('the file is no workbook');
  });

  test('counts its days from 1904 if it says so', async () => {
    const bytes = workbook({
      styles: ['yyyy-mm-dd'],
      countsFrom1904: true,
      ...table(['prompt', 'day'], ['a', { xml: '<c s="1"><v>44538</v></c>' }]),
    });

    expect((await read(bytes)).map(brief)).toEqual(['1@2 {"prompt":"a","day":"2025-12-09"}']);
  });

  test('continues from any of its rows with exactly those that are left', async () => {
    const file = await opened(readFileSync('test/fixtures/prompt-files/catalogue.xlsx'));
    const whole = await collect(file.records());

    expect(whole).toHaveLength(240);
    for (const index of [0, 1, 7, 100, 238, 239]) {
      const next = whole[index]?.next;
      expect(await collect(file.records(next))).toEqual(whole.slice(index + 1));
    }
  });
});

describe('a workbook that is made to do harm', () => {
  const sheet = (xml: string) =>
    workbook({ ...table(['prompt'], ['a']), parts: { 'xl/worksheets/sheet1.xml': xml } });
  test('by entities that grow is refused', async () => {
    const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>';
    const cell = '<row><c t="inlineStr"><is><t>&b;</t></is></c></row>';

    expect(await problemIn(sheet(`${laughs}<worksheet><sheetData>${cell}</sheetData></worksheet>`))).toMatch(
      /the workbook cannot be read.*[Ii]nvalid character entity/,
    );
  });

  test.each([
    [
      'a part that unpacks to more than is held',
      { 'xl/styles.xml': `<x>${' '.repeat(17 * 1024 * 1024)}</x>` },
      /styles.xml unpacks to over 16 MB/,
    ],
    [
      'a text without an end',
      { 'xl/sharedStrings.xml': `<sst><si><t>${'a'.repeat(2 * 1024 * 1024)}</t></si></sst>` },
      /a text in it is over 1 MB/,
    ],
    ['elements in elements', { 'xl/sharedStrings.xml': '<a>'.repeat(200) }, /nested over 100 levels/],
    ['nothing but a beginning', { 'xl/sharedStrings.xml': '<sst><si>' }, /it is damaged/],
    [
      'a sheet that is not there',
      { 'xl/_rels/workbook.xml.rels': '<Relationships/>' },
      /no sheet that can be seen/,
    ],
  ])('by %s is refused', async (_, parts, message) => {
    expect(await problemIn(workbook({ ...table(['prompt'], ['a']), parts }))).toMatch(message);
  });

  test('with a wrong declared size is refused', async () => {
    const bytes = workbook(table(['prompt'], ['a cat that is quite long']));
    const at = bytes.lastIndexOf('PK\x01\x02', bytes.lastIndexOf('xl/sharedStrings.xml'));
    bytes.writeUInt32LE(10, at + 24);

    expect(await problemIn(bytes)).toMatch(/the workbook cannot be read: it is damaged/);
  });

  test.each([
    ['rows that go back', '<row r="2"/>', 'its rows are not in order'],
    ['a row beyond the last', '<row r="9999999"/>', 'its rows are not in order'],
    ['a column beyond the last', '<row><c r="ZZZ3"><v>1</v></c></row>', 'a row has too many cells'],
  ])('by %s is read as far as it can be, and says so', async (_, more, reason) => {
    const row = (text: string) => `<row><c t="inlineStr"><is><t>${text}</t></is></c></row>`;
    const good = Array.from({ length: 5_000 }, (_, n) => row(`a fox in the snow, take ${n}`)).join('');
    const xml = `<worksheet><sheetData>${row('prompt')}${good}${more}</sheetData></worksheet>`;

    const records = await read(sheet(xml));

    expect(records.length).toBeGreaterThan(2_000);
    expect(records.slice(0, -1).every(({ kind }) => kind === 'row')).toBe(true);
    expect(brief(records.at(-1) ?? failed())).toContain(`the workbook cannot be read any further: ${reason}`);
  });

  test('or that is cut off is refused', async () => {
    const whole = workbook(table(['prompt'], ['a']));

    expect(await problemIn(whole.subarray(0, whole.length - 30))).toMatch(
      /the workbook cannot be read: it is damaged/,
    );
  });
});

describe('an archive that is no workbook', () => {
  test.each([
    ['of text files', { 'prompts.csv': 'prompt\na\n' }, 'a zip archive without a workbook'],
    ['that is a Word document', { 'word/document.xml': '' }, 'a Word document (.docx)'],
    ['that is a binary workbook', { 'xl/workbook.bin': '' }, 'a binary Excel workbook (.xlsb)'],
    [
      'that is an OpenDocument spreadsheet',
      { mimetype: '', 'content.xml': '' },
      'an OpenDocument spreadsheet (.ods)',
    ],
    ['that is a Numbers spreadsheet', { 'Index/Tables.iwa': '' }, 'a Numbers spreadsheet'],
  ])('%s is refused with what to do', async (_, files, message) => {
    expect(await problemIn(zip(files))).toContain(message);
  });
});

describe('a file that is packed with gzip', () => {
  const jsonl = Array.from({ length: 300 }, (_, n) => `{"prompt":"a fox, take ${n}"}\n`).join('');

  test('is read from any of its records on', async () => {
    const file = await opened(gzipSync(jsonl), {}, 'a.jsonl.gz');
    const whole = await collect(file.records());

    expect(whole).toHaveLength(300);
    expect(await collect(file.records(whole[99]?.next))).toEqual(whole.slice(100));
    expect((await read(gzipSync('a cat\na dog\n'), {}, 'a.txt.gz')).map(brief)).toEqual([
      '1@1 {"prompt":"a cat"}',
      '2@2 {"prompt":"a dog"}',
    ]);
  });

  test('and cut off is read as far as it goes, and says so', async () => {
    const text = Array.from({ length: 20_000 }, (_, n) => `{"prompt":"${Math.sin(n)}"}\n`).join('');
    const packed = gzipSync(text);
    const records = await read(packed.subarray(0, packed.length - 5_000), {}, 'a.jsonl.gz');

    expect(records.length).toBeGreaterThan(5_000);
    expect(brief(records.at(-1) ?? failed())).toContain(
      'the packed file is damaged: nothing from here on could be read',
    );
  });
});

function failed(): never {
  throw new Error('no records');
}
