import { describe, expect, test } from 'vitest';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { csvLine } from '../../../shared/domain/csv-line.ts';
import { createRowReader } from '../../../shared/domain/prompt-file/row/row-reader.ts';
import fc from '../../support/property.ts';
import { brief, readAll } from './read-all.ts';

async function rows(file: string | Buffer): Promise<string[]> {
  const options = { variants: 1, tags: {}, settings: { model: 'gemini-3.1-flash-image-preview' } };
  return (await readAll(file)).map((record) => {
    const items = record.kind === 'row' ? createRowReader(options, modelCatalog())(record) : record;
    return items.kind === 'rejected' ? `${items.column}: ${items.reason}` : brief(record);
  });
}

describe('a cell', () => {
  test.each(['#REF!', '#NAME?', '#N/A', '#DIV/0!', 'Err:502', '#ERROR!', '#SPILL!'])(
    'with the error %s is no prompt, no setting and nothing for a template',
    async (error) => {
      const reason = `prompt: "${error}" is an error of a spreadsheet: fix its formula, and save the file again`;
      const [prompt, setting, used, unused] = await rows(
        `prompt,city,temperature\n${error},,\na,,${error}\nin {{city}},${error},\nb,${error},\n`,
      );

      expect(prompt).toMatch(
        error === '#N/A' ? /empty cell/ : new RegExp(`^prompt: "${error.replace(/[?/]/g, '.')}" is an error`),
      );
      expect(setting).toMatch(error === '#N/A' ? /^2@3/ : /^temperature: .* is an error of a spreadsheet/);
      expect(used).toBe(reason);
      expect(unused).toContain('"prompt":"b"');
    },
  );

  test.each(['\u{200b}\u{2060}', '\u{a0}\u{3000}', '\u{2800}\u{2800}', '\u{3164}', '\u{fe0f}', '\u{ad}'])(
    'of characters that nobody sees (%j) is no prompt',
    async (prompt) => {
      expect((await rows(`prompt,city\n${prompt},x\n`))[0]).toMatch(
        /^prompt: prompt (is empty|has nothing in it that can be seen)$/,
      );
    },
  );

  test.each(['NaN', 'nan', 'NULL', '\\N', '<NA>'])('%s counts as an empty one', async (word) => {
    expect(
      await rows(`prompt,id,name,temperature,variants\na,${word},${word},${word},${word}\n${word},1,,,\n`),
    ).toEqual([
      '1@2 {"prompt":"a","id":"","name":"","temperature":"","variants":""}',
      expect.stringMatching(/^prompt: .* is what programs write for an empty cell/),
    ]);
  });

  test.each(['#WERT!', '#¡VALOR!', '#NOM?', '#ЗНАЧ!', '#NV', '#Н/Д', '#WAARDE!'])(
    'with the error of another language (%s) is no prompt',
    async (error) => {
      expect((await rows(`prompt,city\n${error},x\n`))[0]).toMatch(/is an error of a spreadsheet/);
    },
  );

  test.each(['None', 'N/A', 'n.a.', 'undefined', 'nil', '#NA'])('%s is no prompt', async (word) => {
    expect(await rows(`prompt,city\n${word},x\n`)).toEqual([
      expect.stringMatching(/^prompt: .* is what programs write for an empty cell/),
    ]);
  });

  test.each(['?', '...', '—', '。', '*'])('of punctuation alone (%s) is no prompt', async (marks) => {
    expect(await rows(`prompt,city\n${marks},x\n`)).toEqual([
      `prompt: prompt has no words in it: "${marks}"`,
    ]);
  });

  test('with a formula is no prompt, and one with a text marker is that text', async () => {
    const file = 'prompt,id\n"=CONCAT(A1,""x"")",1\n="a cat",="00123"\n#summer!,3\n';

    expect(await rows(file)).toEqual([
      'prompt: "=CONCAT(A1,"x")" is a formula, not what it says: save its values, and the file again',
      '2@3 {"prompt":"a cat","id":"00123"}',
      '3@4 {"prompt":"#summer!","id":"3"}',
    ]);
  });

  test('that is an everyday word stays one if it can be meant', async () => {
    expect(await rows('prompt,name,country\na flag,none,NA\n')).toEqual([
      '1@2 {"prompt":"a flag","name":"none","country":"NA"}',
    ]);
  });

  test('in Windows-1252 is read if only its punctuation is not ASCII', async () => {
    const file = Buffer.from(
      'prompt,city\n\x93a cat\x94 that doesn\x92t sit \x96 it sleeps\x85,x\na caf\xe9,x\nk\x92\xf6ln,x\n\x82\xa0,x\n',
      'latin1',
    );
    const damaged = 'prompt: cell is not valid text: save the file as UTF-8';

    expect(await rows(file)).toEqual([
      '1@2 {"prompt":"“a cat” that doesn’t sit – it sleeps…","city":"x"}',
      damaged,
      damaged,
      damaged,
    ]);
  });
});

/** How writers of other programs quote: what must be, all texts, or all cells. */
const WRITERS = {
  'this program': (cells: string[][], delimiter: string, lineEnd: string) =>
    cells
      .map((row) => row.map((cell) => (/^'+[=+\-@＝＋－＠]/.test(cell) ? `'${cell}` : cell)))
      .map((row) => csvLine(row, delimiter) + lineEnd)
      .join(''),
  pandas: (cells: string[][], delimiter: string, lineEnd: string) =>
    joined(cells, delimiter, lineEnd, (cell) => cell.includes(delimiter) || /["\r\n]/.test(cell)),
  Excel: (cells: string[][], delimiter: string, lineEnd: string) =>
    joined(
      cells,
      delimiter,
      lineEnd,
      (cell) => cell.includes(delimiter) || /["\n\r]/.test(cell) || /^ | $/.test(cell),
    ),
  'a quoter of all': (cells: string[][], delimiter: string, lineEnd: string) =>
    joined(cells, delimiter, lineEnd, () => true),
};

function joined(
  cells: string[][],
  delimiter: string,
  lineEnd: string,
  mustQuote: (cell: string) => boolean,
): string {
  const line = (row: string[]) =>
    row.map((cell) => (mustQuote(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter);
  return cells.map((row) => line(row) + lineEnd).join('');
}

const text = fc
  .oneof(
    fc.stringMatching(/^[a-c"',;|\t\n\r =+@é한🌸{}\\-]{0,14}$/u),
    fc.string({ unit: 'grapheme', maxLength: 10 }),
  )
  .filter((each) => !/[\p{Cc}\ufffd]/u.test(each.replace(/[\t\n\r]/g, '')) && each.isWellFormed())
  // A text that is kept from being a number is read as that text.
  .filter((each) => !/^\s*="/.test(each));

describe.each(Object.entries(WRITERS))('records that %s writes', (writer, write) => {
  test('come back as they were, through every delimiter and line end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r\r\n', '\r'),
        fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 6 }),
        async (delimiter, lineEnd, given) => {
          // Only our own writer escapes what begins like a formula; before a tab it does so for good.
          const escapes = writer === 'this program' ? /^[\t\r]+/ : /^'+(?=[=+\-@])/;
          const cells = given.map((row) => row.map((cell) => cell.replace(escapes, '')));
          const rows = cells.map(([a = '', b = '', c = '']) => [`x${a}`, b, c]);
          const records = await readAll(
            write(
              [['note', 'prompt', 'city'], ...rows.map(([a = '', b = '', c = '']) => [a, `p${b}`, c])],
              delimiter,
              lineEnd,
            ),
          );

          expect(
            records.map((each) => (each.kind === 'row' ? Object.values(each.fields) : each.reason)),
          ).toEqual(rows.map(([a = '', b = '', c = '']) => [a, `p${b}`, c]));
        },
      ),
      { numRuns: 150 },
    );
  });
});
