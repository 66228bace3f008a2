import { describe, expect, test } from 'vitest';
import { HEAD_BYTES, readHead } from '../../../shared/domain/prompt-file/reader/detect-format.ts';
import { formatOf, inChunks, problemOf } from './read-all.ts';

describe('an unreadable file', () => {
  test.each([
    ['an empty file', '', 'the file is empty'],
    ['blank lines only', '\n \r\n\t\n', 'the file is empty'],
    ['a mark and nothing else', '\ufeff', 'the file is empty'],
    ['a header without rows', 'prompt,city\n\n', 'the file has a header but no rows'],
    ['a header that ends without a line break', 'prompt', 'the file has a header but no rows'],
    [
      'columns twice',
      'prompt,Image Size,image_size\na,b,c\n',
      'columns that stand there twice: "image_size"',
    ],
    ['an empty array', ' [ \n]\n', 'the file is an empty array'],
    [
      'a JSON document over many lines',
      '{\n  "prompts": [\n    {"prompt": "a cat"},\n    {"prompt": "a dog"}\n  ]\n}\n',
      "the file is one JSON document, not an array or an object a line: write its rows with `jq -c '.prompts[]' FILE > prompts.jsonl`",
    ],
    [
      'a JSON document on one line',
      '{"version":2,"items":[{"prompt":"a cat"}]}',
      "the file is one JSON document, not an array or an object a line: write its rows with `jq -c '.items[]' FILE > prompts.jsonl`",
    ],
    [
      'one object over many lines',
      '{\n"prompt": "a"\n}\n{\n"prompt": "b"\n}\n',
      "the file is one JSON document, not an array or an object a line: write its rows with `jq -c '.' FILE > prompts.jsonl`",
    ],
    [
      'a quote in the header that stays open',
      '"prompt,city\na,b\n',
      'the header does not end within 64 KB, or a quote in it is never closed',
    ],
  ])('says so of %s', (_, file, message) => {
    expect(problemOf(file)).toBe(message);
  });

  test('names the columns if none is called prompt, and what to do', () => {
    expect(problemOf('Text,Style\na cat,oil\n')).toBe(
      'no column "prompt": the first line names the columns, and they are "text", "style"; ' +
        'rename the one that holds the prompts, or give a template such as "{{text}}"',
    );
    expect(problemOf('Text,Style\na cat,oil\n', 'x.csv', '{{text}}')).toBe('');
  });

  test.each([
    ['id,text\n1,a cat\n', '{{text}}"'],
    ['id/prompt\n1/a cat\n', 'separate columns with a comma, semicolon, tab or |'],
    ['A cat\nA dog\n', 'if each line is a prompt, name the file .txt'],
  ])('says what to do about the columns of %j', (file, end) => {
    expect(problemOf(file)).toMatch(/^no column "prompt": /);
    expect(problemOf(file).endsWith(end)).toBe(true);
  });

  test('says of a damaged workbook that it is none, not that its header is no UTF-8', () => {
    const damaged = Buffer.from('8f1d00ff93a7c4', 'hex');
    expect(problemOf(damaged, 'shots.xlsx')).toMatch(/^the file is named as an Excel workbook and is none/);
    expect(problemOf('prompt\na cat\n', 'shots.xlsx')).toBe('');
  });

  test.each([
    ['a PNG image', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1')],
    ['an old Excel workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['a PDF', Buffer.from('%PDF-1.7\nprompt\n')],
    ['compressed with zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
    ['HTML or XML', Buffer.from('<html><table><tr><td>prompt</td></tr></table></html>')],
  ])('recognises that it is %s', (name, file) => {
    expect(problemOf(file)).toMatch(/^the file is (an?|compressed|HTML)[^:]*: /);
    expect(problemOf(file)).toContain(name);
  });

  test('recognises bytes that are no text at all', () => {
    expect(problemOf(Buffer.from([1, 2, 3, 0, 200, 10, 7, 7]))).toMatch(/control characters|not valid UTF-8/);
  });

  test('gives up on a header longer than 64 KB', () => {
    expect(problemOf(`prompt,${'x'.repeat(HEAD_BYTES)}\na,b\n`)).toContain(
      'header does not end within 64 KB',
    );
  });
});

describe('format detection from the beginning of a file', () => {
  test.each([
    ['an array', '\ufeff [{"prompt":"a"}]', 'x.csv', 'json'],
    ['an array by its name', '[', 'x.json', 'json'],
    ['an array of texts after a comment', '// mine\n["a"]', 'x.json', 'json'],
    ['a list by its name', 'a cat, sitting\na dog', 'x.txt', 'txt'],
    ['a list by its words, without a name', 'a red fox\n', 'stdin', 'txt'],
    ['a table that is called .txt', 'id\tprompt\n1\ta cat', 'x.txt', 'csv'],
    ['a table that is called .txt, of one column', 'Prompt\na cat', 'x.txt', 'csv'],
    ['a line that was cut off', '{"prompt":"a c\n{"prompt":"b"}\n', 'x.jsonl', 'jsonl'],
  ])('is %s', (_, file, name, kind) => {
    expect(formatOf(Buffer.from(file), name).format.kind).toBe(kind);
  });

  test('takes no header with a mistake in it for a list of prompts', () => {
    expect(problemOf('promt\tid\na cat\t1\n', 'x.txt')).toContain('did you mean "prompt"');
    expect(problemOf('promt,id\na cat,1\n', 'stdin')).toContain('did you mean "prompt"');
    expect(problemOf('promt\na cat\n', 'stdin')).toContain('did you mean "prompt"');
  });

  test('detects JSON lines by their first character or by the file name', () => {
    expect(formatOf(Buffer.from('\n {"prompt":"a"}\n'), 'x.csv').format.kind).toBe('jsonl');
    expect(formatOf(Buffer.from('oops\n{"prompt":"a"}\n'), 'x.JSONL').format.kind).toBe('jsonl');
  });

  test('is plain JSON that a checkpoint can keep', () => {
    const { format, start } = formatOf(Buffer.from('\ufeffprompt;"two\nlines"\na;b\n'));

    expect(JSON.parse(JSON.stringify({ format, start }))).toEqual({
      format: {
        kind: 'csv',
        encoding: 'utf-8',
        delimiter: ';',
        lineBreak: '\n',
        columns: ['prompt', 'two_lines'],
      },
      start: { byte: 22, line: 3, row: 0 },
    });
  });

  test('takes no more than the first 64 KB', async () => {
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1;
        yield Buffer.alloc(1_000);
      }
    }

    expect(await readHead(endless())).toHaveLength(HEAD_BYTES);
    expect(given).toBeLessThan(70);
    expect(await readHead(inChunks(Buffer.from('short')))).toHaveLength(5);
  });
});
