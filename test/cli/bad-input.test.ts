import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { runResult } from './contract.ts';
import { envOf } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const GOOD = 'prompt\na red fox\n';

let simulator: Simulator;
let work: Workplace;

beforeAll(async () => {
  simulator = await startSimulator({ pictures: 'plain', latency: 'none' });
  work = await openWorkplace(envOf(simulator));
  await work.write('good.csv', GOOD);
  await work.write('flags.csv', 'prompt\na red fox\n"a cat --ar 16:9 --v 6"\n');
  await mkdir(work.path('folder'));
});

afterAll(async () => {
  await work.close();
  await simulator.close();
});

describe('invalid arguments', () => {
  const cases: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ['an unknown command', ['runn'], /unknown command 'runn' \(Did you mean run\?\); add --help/],
    ['an unknown option', ['run', 'good.csv', '--modle', 'x'], /unknown option '--modle'/],
    ['no file', ['run'], /missing required argument 'file'/],
    ['a file that is not there', ['run', 'nowhere.csv'], /nowhere\.csv: there is no such file/],
    ['a folder for a file', ['run', 'folder'], /folder: is not a file; name a CSV/],
    [
      'an unknown model',
      ['run', 'good.csv', '--model', 'dall-e'],
      /unknown model "dall-e".*There are gemini-3/,
    ],
    ['an unknown model to submit', ['submit', 'good.csv', '--model', 'dall-e'], /unknown model "dall-e"/],
    [
      'an axis that nothing uses',
      ['run', 'good.csv', '--axis', 'season=spring,autumn'],
      /--axis: nothing uses "season", so its images would be the same/,
    ],
    [
      'parameters of other tools, with --strict',
      ['run', 'flags.csv', '--strict'],
      /flags\.csv: line 3: --strict: --v 6 is a parameter of another tool/,
    ],
    ['a number out of range', ['run', 'good.csv', '--variants', '1000'], /--variants: .* 1 to 100/],
    ['a stage name that cannot be', ['run', 'good.csv', '--stage', 'A_b'], /stage name "A_b" cannot be used/],
    [
      'an unknown dimension',
      ['cost', '--by', 'day,colour'],
      /--by has "colour"; there are day, week, month, model/,
    ],
    ['an unknown zone', ['cost', '--tz', 'Mars/Olympus'], /--tz is "Mars\/Olympus"; it must be a time zone/],
    [
      'a length that is none',
      ['cost', '--last', '7 days'],
      /--last is "7 days"; it must be a length such as 7d/,
    ],
    [
      'an unknown format',
      ['cost', '--format', 'xls'],
      /--format is "xls"; there are table, csv, json, focus/,
    ],
    [
      'a rate that is none',
      ['cost', '--usd-per-credit', '-1'],
      /--usd-per-credit is "-1"; it must be a number/,
    ],
    ['a day that is not', ['cost', '--from', '2026-02-30'], /--from is "2026-02-30"; it must be a day/],
    ['days in the wrong order', ['cost', '--from', '2026-11-02', '--to', '2026-11-01'], /is after --to/],
    [
      'an unknown batch',
      ['status', 'nope'],
      /no batch "nope" in this stage\. To list all: `pressrun status`/,
    ],
    [
      'simulated work elsewhere',
      ['run', 'good.csv', '--simulate', '--stage', 'lab'],
      /worker --stage lab --simulate/,
    ],
    [
      'a bucket to make on AWS',
      ['submit', 'good.csv', '--stage', 'lab', '--create'],
      /on AWS, deploy the stack/,
    ],
  ];

  test('print one line to stderr, nothing to stdout, exit 1', async () => {
    for (const chunk of inPairs(cases)) {
      const ends = await Promise.all(chunk.map(([, args]) => work.run([...args])));

      for (const [index, [what, , says]] of chunk.entries()) {
        const end = ends[index];
        expect(end, what).toMatchObject({ code: 1, stdout: '' });
        expect(end?.stderr, what).toMatch(says);
        expect(end?.stderr, what).toMatch(/^pressrun: [^\n]+\n$/);
      }
    }
    expect(simulator.totals().calls).toBe(0);
  }, 30_000);

  test('such as without a key, stops before anything is made', async () => {
    const { code, stderr } = await work.run(['run', 'good.csv'], { CORE_TODAY_API_KEY: '' });

    expect(code).toBe(1);
    expect(stderr).toMatch(/^pressrun: no key: CORE_TODAY_API_KEY is not set\..*--simulate.*\n$/);
  });

  test('name the variable of an invalid address', async () => {
    const { code, stderr } = await work.run(['run', 'good.csv'], { PRESSRUN_PROVIDER_URL: 'api.core.today' });

    expect(code).toBe(1);
    expect(stderr).toBe('pressrun: PRESSRUN_PROVIDER_URL is not an http(s) address: "api.core.today"\n');
  });
});

describe('an unreadable file', () => {
  test('is refused before any call, with its reason in one line', async () => {
    const files: readonly (readonly [name: string, content: string, says: RegExp])[] = [
      ['empty.csv', '', /empty\.csv: the file is empty/],
      ['no-prompt.csv', 'id,text\na,b\n', /no column "prompt".*"id", "text"/],
      ['header.csv', 'id,prompt\n', /header but no rows/],
      ['image.csv', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR', /image\.csv: /],
    ];
    for (const chunk of inPairs(files)) {
      const ends = await Promise.all(
        chunk.map(async ([name, content]) =>
          work.run(['run', await work.write(name, Buffer.from(content, 'latin1'))]),
        ),
      );

      for (const [index, [name, , says]] of chunk.entries()) {
        expect(ends[index], name).toMatchObject({ code: 1, stdout: '' });
        expect(ends[index]?.stderr, name).toMatch(says);
        expect(ends[index]?.stderr, name).toMatch(/^pressrun: [^\n]+\n$/);
      }
    }
    expect(simulator.totals().calls).toBe(0);
  });
});

describe('a file with invalid rows', () => {
  test('generates the valid rows, and lists each invalid one with its line, also in rejected.csv', async () => {
    const file = await work.write(
      'rows.csv',
      Buffer.concat([
        Buffer.from('id,name,prompt,model,temperature\n'),
        Buffer.from('a,../../etc/passwd,a fox,,\n'),
        Buffer.from('b,🦊,a second fox,,\n'),
        Buffer.from('c,c\n'),
        Buffer.from('d,d,a whale,,,more\n'),
        Buffer.from('e,e,a whale,dall-e,\n'),
        Buffer.from('f,f,a whale,,9\n'),
        Buffer.from('a,g,a whale,,\n'),
        Buffer.from([0x68, 0x2c, 0x68, 0x2c, 0xff, 0xfe, 0x2c, 0x2c, 0x0a]),
        Buffer.from(`i,i,${'x'.repeat(10_000_000)},,\n`),
        Buffer.from('j,"open,a whale,,\nk,k,lost,,\n'),
      ]),
    );

    const { code, stdout, stderr } = await work.run(['run', file, '--json', '--out', 'rows']);

    const result = runResult(stdout);
    const rejected = await readFile(work.path('rows/rejected.csv'), 'utf8');
    expect(code).toBe(2);
    expect(result).toMatchObject({ state: 'complete', items: { done: 2, failed: 0 }, rejected: 9 });
    expect(result.images.map((image) => image.file)).toEqual([
      expect.stringMatching(/^rows\/[^/]*passwd[^/]*\.png$/),
      expect.stringMatching(/^rows\/[^/]+\.png$/),
    ]);
    expect(
      rejected
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[0])),
    ).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(rejected).toContain('quote is never closed');
    expect(stderr).toMatch(/^rejected:\n {2}line 4: .*\n/);
    expect(stderr).toContain('… and 4 more: see rejected.csv');
  }, 20_000);
});

describe('an unwritable --out folder', () => {
  test('is found out before anything is paid for', async () => {
    const before = simulator.totals().calls;

    for (const [out, says] of [
      [
        'good.csv/below',
        /good\.csv\/below: cannot be written to \(ENOTDIR\): name another folder with --out/,
      ],
      ['/proc/pressrun', /\/proc\/pressrun: cannot be written to \(E[A-Z]+\)/],
    ] as const) {
      const { code, stderr } = await work.run(['run', 'good.csv', '--out', out]);
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
    }

    expect(simulator.totals().calls).toBe(before);
  });
});

describe('unusable --home', () => {
  test('fails before any work starts', async () => {
    for (const home of ['good.csv', '/proc/pressrun']) {
      const { code, stderr } = await work.run(['status', '--home', home]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^pressrun: .*name another folder with --home[^\n]*\n$/);
    }
  });
});

function inPairs<Case>(cases: readonly Case[]): Case[][] {
  const pairs: Case[][] = [];
  for (let at = 0; at < cases.length; at += 2) pairs.push(cases.slice(at, at + 2));
  return pairs;
}
