import { gzipSync } from 'node:zlib';
import { objectPath } from '../../local/disk-store/object-path.ts';
import { fileStem } from '../../shared/domain/item/file-name.ts';
import { parseReferences } from '../../shared/domain/prompt-file/row/references.ts';
import { createLinkFetch } from '../../shared/provider/http/image-link.ts';
import { isPublicAddress } from '../../shared/provider/http/public-address.ts';
import { picture } from '../provider/fixtures/pictures.ts';
import { workbook, zip } from '../support/workbook.ts';
import { readAnswer, readPicture, readPrompts, readStatement } from './readers.ts';

interface HostileCase {
  readonly name: string;
  /** What came of it, in short. */
  run(): Promise<string> | string;
}

const LONG = 'x'.repeat(1_000_000);

/** All cases, group by group. */
export async function hostileCases(): Promise<HostileCase[]> {
  return [
    ...files(),
    ...archives(),
    ...answers(await picture('png')),
    ...(await pictures()),
    ...links(),
    ...names(),
    ...statements(),
  ];
}

function files(): HostileCase[] {
  const texts: Record<string, [string, string | Buffer]> = {
    'nothing at all': ['a.csv', ''],
    'only a byte order mark': ['a.csv', '\ufeff'],
    'only line breaks': ['a.csv', '\n\n\r\n\r'],
    'only a header': ['a.csv', 'prompt\n'],
    'a header without a prompt': ['a.csv', 'id,name\n1,a\n'],
    'a quote that never ends': ['a.csv', `prompt\n"a fox\n${'more\n'.repeat(50_000)}`],
    'a quote within a cell': ['a.csv', 'prompt\na "fox" here\n'],
    'a cell of a megabyte': ['a.csv', `prompt\n${LONG}\n`],
    'a line of a megabyte of commas': ['a.csv', `prompt\n${','.repeat(1_000_000)}\n`],
    'a million columns': ['a.csv', `prompt,${'a,'.repeat(1_000_000)}\nb\n`],
    'the same column twice': ['a.csv', 'prompt,prompt\na,b\n'],
    'columns called as parts of objects': ['a.csv', 'prompt,__proto__,constructor,toString\na,b,c,d\n'],
    'bytes of zero': ['a.csv', Buffer.from('prompt\na\0fox\n\0\0\0\n')],
    'control characters': ['a.csv', 'prompt\na\u0007fox\u001b[31m\n'],
    'right-to-left overrides': ['a.csv', 'prompt\na \u202efox\u202c\n'],
    'bytes that are no UTF-8': ['a.csv', Buffer.from([...Buffer.from('prompt\n'), 0xff, 0xfe, 0xfd, 0x0a])],
    'half a surrogate in UTF-16': ['a.csv', Buffer.from('fffe700072006f006d00700074000a0000d80a00', 'hex')],
    'an odd number of bytes in UTF-16': ['a.csv', Buffer.from('fffe700072006f006d00700074000a0061', 'hex')],
    'a formula': ['a.csv', 'prompt\n"=cmd|\'/C calc\'!A0"\n'],
    'a delimiter of its own': ['a.csv', 'sep=#\nprompt#id\na#b\n'],
    'variants without end': ['a.csv', 'prompt,variants\na,1e9\nb,-1\nc,Infinity\nd,NaN\n'],
    'numbers that are none': ['a.csv', 'prompt,temperature\na,1e309\nb,0x10\nc,--1\n'],
    'tags that are parts of objects': ['a.csv', 'prompt,tags\na,__proto__=x\n'],
    'a template in a prompt': ['a.csv', 'prompt\n{{constructor.constructor}}\n'],
    'rows of other lengths': ['a.csv', 'prompt,id\na\nb,c,d,e\n'],
    'a hundred thousand empty rows': ['a.csv', `prompt\n${'\n'.repeat(100_000)}a\n`],
    'carriage returns alone': ['a.csv', 'prompt\ra\rb\r'],
    'a program': ['a.csv', Buffer.from('7f454c4602010100', 'hex')],
    'a PDF': ['a.csv', '%PDF-1.7\n%\u00e2\u00e3\n1 0 obj\n'],
    'a web page': ['a.csv', '<!doctype html><html><body>prompt</body></html>'],
    'a private key': ['a.csv', '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n'],
    'JSON lines that are none': ['a.jsonl', '{"prompt":"a"}\n{"prompt":\n[1,2]\n"a"\nnull\n'],
    'JSON nested without end': [
      'a.jsonl',
      `{"prompt":"a","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}\n`,
    ],
    'JSON that never ends': ['a.json', `[{"prompt":"a"},${'['.repeat(50_000)}`],
    'JSON with keys of objects': ['a.jsonl', '{"prompt":"a","__proto__":{"polluted":1},"constructor":1}\n'],
    'JSON with a key twice': ['a.jsonl', '{"prompt":"a","prompt":"b"}\n'],
    'a JSON line of a megabyte': ['a.jsonl', `{"prompt":"${LONG}"}\n`],
    'a JSON number without end': ['a.jsonl', `{"prompt":"a","temperature":1${'0'.repeat(5_000)}}\n`],
    'a JSON array with garbage between': ['a.json', '[{"prompt":"a"} oops {"prompt":"b"}]'],
    'a JSON array that is closed twice': ['a.json', '[{"prompt":"a"}]]'],
    'a JSON text': ['a.json', '"prompt"'],
    'a request with a picture that is none': [
      'a.jsonl',
      '{"body":{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"data:image/png;base64,!!!!"}}]}]}}\n',
    ],
    'a request for a file of this machine': [
      'a.jsonl',
      '{"body":{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"file:///etc/passwd"}}]}]}}\n',
    ],
    'a request without messages': ['a.jsonl', '{"custom_id":"a","body":{"messages":[]}}\n'],
    'a request with messages of another shape': ['a.jsonl', '{"body":{"messages":{"role":"user"}}}\n'],
    'a list of one endless line': ['a.txt', LONG],
    'a list of control characters': ['a.txt', '\u0001\n\u0002\na fox\n'],
  };
  return Object.entries(texts).map(([name, [file, content]]) => ({
    name: `file: ${name}`,
    run: () => readPrompts(file, Buffer.from(content)),
  }));
}

function archives(): HostileCase[] {
  const sheet = (xml: string) =>
    workbook({
      sheets: [{ name: 'A', rows: [['Prompt'], ['a fox']] }],
      parts: { 'xl/worksheets/sheet1.xml': xml },
    });
  const laughs = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join(
    '',
  );
  const rows = (inner: string) => `<worksheet><sheetData>${inner}</sheetData></worksheet>`;
  const good = workbook({ sheets: [{ name: 'A', rows: [['Prompt'], ['a fox']] }] });
  const bytes: Record<string, [string, Buffer]> = {
    'a workbook that is whole': ['a.xlsx', good],
    'a billion laughs': [
      'a.xlsx',
      sheet(`<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]>${rows('<row r="1"><c><v>&l9;</v></c></row>')}`),
    ],
    'an entity of a file': [
      'a.xlsx',
      sheet(
        `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${rows('<row r="1"><c><v>&e;</v></c></row>')}`,
      ),
    ],
    'elements nested without end': ['a.xlsx', sheet(rows('<row>'.repeat(10_000)))],
    'a row far below': ['a.xlsx', sheet(rows('<row r="99999999"><c><v>1</v></c></row>'))],
    'rows that go back': ['a.xlsx', sheet(rows('<row r="5"/><row r="2"/>'))],
    'a cell far to the right': ['a.xlsx', sheet(rows('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'))],
    'a cell of two megabytes': [
      'a.xlsx',
      sheet(rows(`<row r="1"><c t="str"><v>${LONG}${LONG}</v></c></row>`)),
    ],
    'a text that is not there': ['a.xlsx', sheet(rows('<row r="1"><c t="s"><v>99999</v></c></row>'))],
    'a text number that is none': ['a.xlsx', sheet(rows('<row r="1"><c t="s"><v>-1e99</v></c></row>'))],
    'XML that stops': ['a.xlsx', sheet('<worksheet><sheetData><row r="1"><c><v>1')],
    'XML that is none': ['a.xlsx', sheet('\0\0\0\0')],
    'a tag of a megabyte': ['a.xlsx', sheet(`<worksheet ${'a="1" '.repeat(200_000)}/>`)],
    'a sheet of another workbook': [
      'a.xlsx',
      workbook({ sheets: [{ name: '../../etc/passwd', rows: [['Prompt'], ['a']] }] }),
    ],
    'no workbook in the archive': ['a.xlsx', zip({ 'readme.txt': 'a' })],
    'an archive with nothing in it': ['a.xlsx', zip({})],
    'paths out of the archive': ['a.xlsx', zip({ '../../evil': 'a', 'xl/workbook.xml': '<workbook/>' })],
    'texts that unpack to 200 MB': [
      'a.xlsx',
      workbook({
        sheets: [{ name: 'A', rows: [['Prompt'], ['a']] }],
        parts: { 'xl/sharedStrings.xml': ' '.repeat(200_000_000) },
      }),
    ],
    'more in it than the directory says': ['a.xlsx', patched(good, 24, 0)],
    'a workbook that is called CSV': ['a.csv', good],
    'a packed CSV': ['a.csv.gz', gzipSync('prompt\na\n')],
    'a packed CSV that is cut off': ['a.csv.gz', gzipSync('prompt\na\n').subarray(0, 15)],
    'a packed bomb': ['a.csv.gz', gzipSync(Buffer.alloc(10_000_000, 'prompt,'))],
  };
  const cuts = Array.from({ length: 12 }, (_, n): [string, [string, Buffer]] => [
    `a workbook cut off after ${n + 1} of 13 parts`,
    ['a.xlsx', good.subarray(0, Math.floor((good.length * (n + 1)) / 13))],
  ]);
  return [...Object.entries(bytes), ...cuts].map(([name, [file, content]]) => ({
    name: `archive: ${name}`,
    run: () => readPrompts(file, content),
  }));
}

function patched(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(value, at);
  return copy;
}

function answers(png: Buffer): HostileCase[] {
  const uri = `data:image/png;base64,${png.toString('base64')}`;
  const chat = (content: unknown, more: object = {}) =>
    JSON.stringify({ choices: [{ message: { content }, finish_reason: 'stop' }], ...more });
  const image = `![image](${uri})`;
  const bodies: Record<string, string | Buffer> = {
    'an image': chat(image),
    nothing: '',
    'a text alone': chat('I cannot draw that.'),
    null: 'null',
    'a number': '7',
    'a list': '[]',
    'choices that are none': '{"choices":{}}',
    'a choice that is null': '{"choices":[null]}',
    'a message that is a text': '{"choices":[{"message":"a"}]}',
    'content nested without end': chat(JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)),
    'JSON nested without end': `{"choices":${'['.repeat(200_000)}`,
    'keys of objects': '{"__proto__":{"choices":[]},"constructor":{"prototype":{}}}',
    'base64 that is cut off': chat(image.slice(0, -200)),
    'base64 with letters that are none': chat(image.replaceAll('A', '*')),
    'base64 of a web page': chat(
      `![image](data:image/png;base64,${Buffer.from('<html>').toString('base64')})`,
    ),
    'base64 of a program': chat(
      `![image](data:image/png;base64,${Buffer.alloc(5_000, 0x90).toString('base64')})`,
    ),
    'an image that is too large to be': chat(
      `![image](data:image/png;base64,${hugePng(png).toString('base64')})`,
    ),
    'a hundred images': chat(image.repeat(100)),
    'an image by a private link': chat('![image](https://169.254.169.254/latest/meta-data)'),
    'an image by a file link': chat('![image](file:///etc/passwd)'),
    'an image by a link with a password': chat('![image](https://user:pw@a.core.today/a.png)'),
    'an image of scripts': chat(
      `![image](data:image/svg+xml;base64,${Buffer.from('<svg onload="x()"/>').toString('base64')})`,
    ),
    'usage without end': chat(image, {
      usage: { prompt_tokens: 1e308, completion_tokens: 1e308, total_tokens: 1e308 },
    }),
    'usage below zero': chat(image, {
      usage: { prompt_tokens: -5, completion_tokens: -5, total_tokens: -10 },
    }),
    'usage of texts': chat(image, { usage: { prompt_tokens: 'many', completion_tokens: {} } }),
    'an error beside an image': chat(image, { error: { message: 'no', code: 500 } }),
    'an error that is a list': '{"error":[[[["no"]]]]}',
    'an error with a key in it': '{"error":{"message":"bad key cdt_secret_0123456789"}}',
    'a web page': '<!doctype html><title>502</title>',
    XML: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    'bytes of zero': Buffer.alloc(10_000),
    'bytes that are no UTF-8': Buffer.alloc(10_000, 0xff),
    'a stream that stops': `data: {"choices":[{"delta":{"content":"![image](${uri.slice(0, 3_000)}`,
    'a stream of nothing': 'data: [DONE]\n\n',
    'a stream of comments': ': ping\n\n'.repeat(50_000),
    'a stream of tiny events': 'data: {}\n\n'.repeat(200_000),
    'a stream with an image': `data: ${JSON.stringify({ choices: [{ delta: { content: image } }] })}\n\ndata: [DONE]\n\n`,
    'a stream of errors': 'event: error\ndata: oops\n\n'.repeat(1_000),
    'a stream with one endless line': `data: ${LONG}`,
    'the image itself': png,
    'half of the image itself': png.subarray(0, png.length / 2),
    'a word of a million letters': JSON.stringify({ choices: [{ message: { content: LONG } }] }),
    'escapes without end': `{"choices":[{"message":{"content":"${'\\u0041'.repeat(100_000)}"}}]}`,
    'half an escape': '{"choices":[{"message":{"content":"\\u00',
    'a surrogate alone': chat('\ud800'),
    'JSON within JSON within JSON': JSON.stringify(JSON.stringify(JSON.stringify({ choices: [] }))),
  };
  const statuses = [
    200, 204, 301, 400, 401, 402, 403, 404, 408, 413, 418, 429, 500, 502, 503, 504, 529, 599, 999,
  ];
  return [
    ...Object.entries(bodies).map(([name, body]) => ({
      name: `answer: ${name}`,
      run: () => readAnswer(200, Buffer.from(body)),
    })),
    ...statuses.map((status) => ({
      name: `answer: status ${status} with an image`,
      run: () => readAnswer(status, Buffer.from(chat(image))),
    })),
  ];
}

/** A head that says 60,000 × 60,000 pixels. */
function hugePng(png: Buffer): Buffer {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(60_000, 16);
  copy.writeUInt32BE(60_000, 20);
  return copy;
}

async function pictures(): Promise<HostileCase[]> {
  const cases: HostileCase[] = [];
  for (const kind of ['png', 'jpeg', 'progressive', 'webp', 'webp-lossless', 'webp-alpha'] as const) {
    const bytes = await picture(kind);
    const add = (name: string, changed: Buffer) =>
      cases.push({ name: `picture: ${kind} ${name}`, run: () => readPicture(changed) });
    add('that is whole', bytes);
    for (const left of [0, 1, 8, 12, 20, 29, 30, 33, 40]) add(`of ${left} bytes`, bytes.subarray(0, left));
    for (const part of [4, 2, 1])
      add(
        `cut off 1/${part} before its end`,
        bytes.subarray(0, bytes.length - Math.ceil(bytes.length / (part * 4))),
      );
    add('with a byte too few', bytes.subarray(0, bytes.length - 1));
    add('with garbage behind it', Buffer.concat([bytes, Buffer.alloc(100, 7)]));
    add('of zeros after its head', Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(bytes.length)]));
    add('of 0xff after its head', Buffer.concat([bytes.subarray(0, 12), Buffer.alloc(bytes.length, 0xff)]));
  }
  return cases;
}

function links(): HostileCase[] {
  const addresses = [
    '127.0.0.1',
    '127.1',
    '0',
    '0.0.0.0',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.1',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'e000::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '',
    'localhost',
    '8.8.8.8',
    '2606:4700::1111',
  ];
  const urls = [
    'http://a.core.today/a.png',
    'ftp://a.core.today/a.png',
    'file:///etc/passwd',
    'gopher://a.core.today/',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://localhost/',
    'https://core.today.evil.example/',
    'https://evilcore.today/',
    'https://a.core.today@evil.example/',
    'https://a.core.today:22/',
    'https://user:pw@a.core.today/',
    'https://',
    'https:///a',
    'https://a.core.today\\@evil.example/',
    'https://169.254.169.254/latest',
    'https://metadata.google.internal/',
    'not a link',
    '',
    'https://a.core.today.',
    '//a.core.today/',
    `https://a.core.today/${'a'.repeat(5_000)}`,
  ];
  const references = [
    'data:image/png;base64,AAAA',
    'http://a.example/a.png',
    'HTTP://a.example/a.png',
    'file:///etc/passwd',
    'javascript:x',
    'https://',
    'https://user:pw@a.example/',
    'a\tb',
    'x'.repeat(2_000),
    Array(15).fill('a.png').join('|'),
    'HTTPS://a.example/a.png',
    's3://bucket/key',
    'C:\\a.png',
    '|||',
  ];
  const fetchLink = createLinkFetch({
    hosts: ['*.core.today'],
    maxBytes: 1,
    timeoutMs: 1_000,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  return [
    ...addresses.map((address) => ({
      name: `address: ${address}`,
      run: () => (isPublicAddress(address) ? 'public' : 'refused'),
    })),
    ...urls.map((url) => ({
      name: `link: ${url.slice(0, 60)}`,
      run: async () => (await fetchLink(url)).kind,
    })),
    ...references.map((text) => ({
      name: `reference: ${JSON.stringify(text.slice(0, 60))}`,
      run: () => {
        const parsed = parseReferences(text);
        return parsed.kind === 'rejected' ? 'rejected' : parsed.references.join(' ').slice(0, 60);
      },
    })),
  ];
}

function names(): HostileCase[] {
  const texts = [
    '../../etc/passwd',
    '..',
    '.',
    '/',
    '\\',
    'C:\\windows\\system32',
    'con',
    'CON.png',
    'nul',
    'aux.txt',
    'com1',
    'lpt9',
    'a/b',
    'a\\b',
    'a\0b',
    'a\nb',
    '\u202egnp.exe',
    'a'.repeat(5_000),
    '\u00e9'.repeat(200),
    '\u{1f98a}'.repeat(100),
    ' ',
    '-',
    '--rf',
    '.hidden',
    'a.',
    'a ',
    '~',
    '$HOME',
    '`id`',
    '%2e%2e%2f',
    'a:b',
    'a|b',
    'a?b',
    'a*b',
    '<script>',
    '"',
    "'",
    'a;b',
    'a&b',
    '\ud800',
    'e\u0301',
    '\u200b',
    'ﬁ',
    'İ',
    'ß',
    '0001',
    '0001-a',
    'a-v2',
    'extras',
  ];
  const keys = [
    '../a',
    'a/../b',
    '/a',
    'a//b',
    '.',
    '..',
    '.meta/a',
    'a/.',
    'a\\b',
    'a\0b',
    'a\nb',
    '',
    'a/',
    'images/a.png',
    'CON',
    'a'.repeat(300),
  ];
  return [
    ...texts.map((text) => ({
      name: `name: ${JSON.stringify(text.slice(0, 40))}`,
      run: () => fileStem({ row: 3, variant: 1, variants: 1, prompt: 'a fox', name: text }),
    })),
    ...keys.map((key) => ({
      name: `key: ${JSON.stringify(key.slice(0, 40))}`,
      run: () => {
        try {
          return objectPath('/store', key).slice(0, 40);
        } catch (error) {
          return error instanceof Error ? error.name : 'thrown';
        }
      },
    })),
  ];
}

function statements(): HostileCase[] {
  const header = ['date', 'model', 'credits'];
  const lines: Record<string, string[][]> = {
    nothing: [],
    'no header': [['1', '2']],
    'the same column twice': [
      ['date', 'date', 'model', 'credits'],
      ['2026-01-01', '2026-01-01', 'a', '1'],
    ],
    'a whole line': [header, ['2026-01-01', 'a', '1.5']],
    'credits that are none': [
      header,
      ['2026-01-01', 'a', 'NaN'],
      ['2026-01-01', 'a', '1e999'],
      ['2026-01-01', 'a', '--1'],
    ],
    'credits below zero': [header, ['2026-01-01', 'a', '-5']],
    'a formula': [header, ['=1+1', '=cmd', '=2']],
    'days that are none': [header, ['2026-02-30', 'a', '1'], ['yesterday', 'a', '1'], ['', 'a', '1']],
    'a cell of a megabyte': [header, [LONG, LONG, LONG]],
    'too few cells': [header, [], ['2026-01-01']],
    'parts of objects': [header, ['2026-01-01', '__proto__', '1']],
  };
  return Object.entries(lines).map(([name, cells]) => ({
    name: `statement: ${name}`,
    run: () => readStatement(cells),
  }));
}
