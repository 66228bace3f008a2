import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { picture } from '../provider/fixtures/pictures.ts';
import { type TestCell, workbook } from '../support/workbook.ts';
import { readAnswer, readPicture, readPrompts, readStatement } from './readers.ts';

/** Grammar-based fuzzing of everything that reads what somebody else wrote: `npm run fuzz -- --seconds 300 --only csv`. */

const bytes = (text: string) => Buffer.from(text);

/** Edits of bytes: what a disk, a wire or a person does to a file that was well formed. */
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    with: fc.uint8Array({ maxLength: 4 }),
    drop: fc.nat(8),
  }),
  { maxLength: 4 },
);

function edited(
  whole: Buffer,
  changes: typeof edits extends fc.Arbitrary<infer Edits> ? Edits : never,
): Buffer {
  return changes.reduce((left: Buffer, { at, with: put, drop }) => {
    const from = Math.floor(at * left.length);
    return Buffer.concat([left.subarray(0, from), put, left.subarray(from + drop)]);
  }, whole);
}

const cell = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '"',
    '""',
    ' ',
    ',',
    ';',
    '\t',
    '|',
    '\r',
    '\n',
    '=1+1',
    '{{a}}',
    '1e309',
    '-0',
    'null',
    '\ufeff',
    '__proto__',
  ),
);
const quoted = cell.map((text) => `"${text.replaceAll('"', '""')}"`);
const delimited = fc
  .record({
    delimiter: fc.constantFrom(',', ';', '\t', '|'),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    header: fc.array(
      fc.oneof(fc.constantFrom('prompt', 'Prompt', 'id', 'name', 'tags', 'variants', 'references'), cell),
      { minLength: 1, maxLength: 6 },
    ),
    rows: fc.array(fc.array(fc.oneof(cell, quoted), { maxLength: 7 }), { maxLength: 12 }),
    changes: edits,
  })
  .map(({ delimiter, end, header, rows, changes }) =>
    edited(bytes([header, ...rows].map((cells) => cells.join(delimiter)).join(end)), changes),
  );

/** However the bytes come in, the same is read. Of two damages to one part of a workbook, either may be met first. */
async function sameInPieces(name: string, file: Buffer): Promise<void> {
  const read = async (chunk?: number) =>
    (await readPrompts(name, file, chunk)).replace(/(it is damaged): .*/, '$1');
  const [whole, pieces] = [await read(), await read(7)];
  if (whole !== pieces) throw new Error(`read whole: ${whole}; in pieces: ${pieces}`);
}

const record = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.dictionary(
      fc.oneof(fc.constantFrom('prompt', 'id', 'tags', 'body', 'messages', 'variants'), cell),
      fc.jsonValue({ maxDepth: 4 }),
      { maxKeys: 6 },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6 }) },
);

const PNG = await picture('png');
const FILES = {
  png: [PNG],
  jpeg: [await picture('jpeg'), await picture('progressive')],
  webp: [await picture('webp'), await picture('webp-lossless'), await picture('webp-alpha')],
};
const URI = `data:image/png;base64,${PNG.toString('base64')}`;

const part = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(
      URI,
      `![a](${URI})`,
      'text',
      null,
      7,
      { url: URI },
      { type: 'image_url', image_url: { url: URI } },
      { b64_json: PNG.toString('base64') },
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'content',
        'text',
        'images',
        'parts',
        'inlineData',
        'data',
        'message',
        'error',
        'type',
        'url',
      ),
      tie('node'),
      { maxKeys: 4 },
    ),
  ),
})).node;
const answer = fc
  .record({
    content: part,
    usage: fc.jsonValue({ maxDepth: 2 }),
    finish: fc.constantFrom('stop', 'length', 'content_filter', null),
    changes: edits,
  })
  .map(({ content, usage, finish, changes }) =>
    edited(
      bytes(JSON.stringify({ choices: [{ message: { content }, finish_reason: finish }], usage })),
      changes,
    ),
  );
const events = fc
  .record({
    lines: fc.array(
      fc.oneof(
        part.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}`),
        fc.constantFrom('data: [DONE]', ': ping', '', 'event: error', 'data:', 'data: {', 'retry: 5'),
        cell,
      ),
      { maxLength: 12 },
    ),
    end: fc.constantFrom('\n', '\n\n', '\r\n', '\r\n\r\n', '\r'),
    changes: edits,
  })
  .map(({ lines, end, changes }) => edited(bytes(lines.join(end)), changes));

const CODE = /^(images \d+|[a-z_]+)$/;

async function isOutcome(status: number, body: Buffer): Promise<void> {
  const outcome = await readAnswer(status, body);
  if (!CODE.test(outcome)) throw new Error(`no outcome: ${outcome}`);
}

function pictureOf(kind: keyof typeof FILES) {
  const cases = fc.record({ file: fc.constantFrom(...FILES[kind]), changes: edits, cut: fc.nat(3_000) });
  return fc.asyncProperty(cases, async ({ file, changes, cut }) => {
    readPicture(edited(file, changes));
    const short = file.subarray(0, Math.max(0, file.length - 1 - cut));
    const read = readPicture(short);
    if (read.startsWith('whole'))
      throw new Error(`cut to ${short.length} of ${file.length} bytes, it is ${read}`);
  });
}

const xmlCell: fc.Arbitrary<TestCell> = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.double(),
  fc.constantFrom<TestCell>(
    undefined,
    { xml: '<c t="s"><v>99</v></c>' },
    { xml: '<c t="inlineStr"><is><t>a</t></is></c>' },
    { xml: '<c r="ZZ9"><v>1</v></c>' },
    { xml: '<c><f>1+1</f></c>' },
    { xml: '<c t="e"><v>#REF!</v></c>' },
    { xml: '</row>' },
    { xml: '&lol;' },
  ),
);
const xlsx = fc
  .record({ rows: fc.array(fc.array(xmlCell, { maxLength: 5 }), { maxLength: 6 }), changes: edits })
  .map(({ rows, changes }) =>
    edited(workbook({ sheets: [{ name: 'A', rows: [['prompt', 'id'], ...rows] }] }), changes),
  );

const statementCell = fc.oneof(
  cell,
  fc.constantFrom('2026-01-01', '01.02.2026', '1,5', '1.234,56', 'date', 'model', 'credits', '-1', 'NaN'),
);

const READERS = {
  csv: fc.asyncProperty(delimited, (file) => sameInPieces('a.csv', file)),
  jsonl: fc.asyncProperty(
    fc.record({ records: fc.array(record, { maxLength: 8 }), changes: edits }),
    ({ records, changes }) =>
      sameInPieces('a.jsonl', edited(bytes(records.map((each) => JSON.stringify(each)).join('\n')), changes)),
  ),
  xlsx: fc.asyncProperty(xlsx, (file) => sameInPieces('a.xlsx', file)),
  'event-stream': fc.asyncProperty(events, (body) => isOutcome(200, body)),
  answer: fc.asyncProperty(
    fc.record({ status: fc.integer({ min: 200, max: 599 }), body: answer }),
    ({ status, body }) => isOutcome(status, body),
  ),
  png: pictureOf('png'),
  jpeg: pictureOf('jpeg'),
  webp: pictureOf('webp'),
  statement: fc.asyncProperty(
    fc.array(fc.array(statementCell, { maxLength: 6 }), { maxLength: 8 }),
    async (lines) => {
      readStatement(lines);
    },
  ),
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '300' },
    only: { type: 'string' },
    seed: { type: 'string' },
  },
});
let failed = 0;
for (const [name, property] of Object.entries(READERS)) {
  if (values.only !== undefined && values.only !== name) continue;
  const result = await fc.check<unknown[]>(property as fc.IAsyncProperty<unknown[]>, {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: Number(values.seconds) * 1_000,
    markInterruptAsFailure: false,
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  });
  if (result.failed) failed += 1;
  process.stdout.write(
    `${name}: ${result.numRuns} files, seed ${result.seed}: ${result.failed ? 'FAILED' : 'nothing found'}\n`,
  );
  if (result.failed) process.stdout.write(`${fc.defaultReportMessage(result) ?? ''}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
