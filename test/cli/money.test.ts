import { userInfo } from 'node:os';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { creditsText } from '../../shared/domain/money/money-text.ts';
import { envOf } from './provider.ts';
import { openWorkplace, type Workplace } from './workplace.ts';

const PROMPTS = 'prompt,tags\na fox,who==1+1\na cat,who=bob\na dog,who=bob\n';

let simulator: Simulator;
let work: Workplace;
let day: string;
let credits: string;

beforeAll(async () => {
  simulator = await startSimulator({ pictures: 'plain', latency: 'none' });
  work = await openWorkplace(envOf(simulator));
  await work.write('prompts.csv', PROMPTS);
  const run = await work.run(['run', 'prompts.csv']);
  if (run.code !== 0) throw new Error(run.stderr);
  const report = JSON.parse((await work.run(['cost', '--json'])).stdout);
  day = report.rows[0].day;
  credits = String(simulator.totals().creditsMicro / 1e6);
}, 30_000);

afterAll(async () => {
  await work.close();
  await simulator.close();
});

describe('cost', () => {
  test('shows dollars beside credits, their rate, and the time zone of the days', async () => {
    const { code, stdout } = await work.run(['cost', '--last', '2d', '--tz', 'Europe/Berlin']);

    expect(code).toBe(0);
    expect(stdout).toContain(creditsText(simulator.totals().creditsMicro));
    expect(stdout).toContain('≈ $');
    expect(stdout).toMatch(
      /days in Europe\/Berlin, from charges; ≈ \$ at 0\.001 a credit, actual charges may vary\n$/,
    );
  }, 15_000);

  test('groups by user, size and price, with --where, beside an earlier period', async () => {
    const [byUser, first, compared] = await Promise.all([
      work.run(['cost', '--by', 'user,size,price', '--where', 'tag:who=bob', '--json']),
      work.run(['cost', '--by', 'tag:who', '--top', '1', '--json']),
      work.run(['cost', '--from', day, '--to', day, '--compare', 'previous', '--json']),
    ]);

    const [line, ...others] = JSON.parse(byUser.stdout).rows;
    expect(others).toEqual([]);
    expect(line).toMatchObject({ user: userInfo().username, size: '1K', price: 'flash-2025-11', images: 2 });
    expect(JSON.parse(first.stdout)).toMatchObject({
      rows: [{ 'tag:who': 'bob' }],
      leftOut: 1,
      total: { images: 3, credits },
    });
    expect(JSON.parse(compared.stdout)).toMatchObject({
      rows: [{ model: 'gemini-3.1-flash-image-preview', beforeMicro: 0, change: null }],
      total: { images: 3, beforeImages: 0 },
    });
  }, 15_000);

  test('as CSV by tag gives back every figure, and no formula', async () => {
    const { code, stdout } = await work.run([
      'cost',
      '--by',
      'tag:who',
      '--format',
      'csv',
      '--usd-per-credit',
      '2',
    ]);

    const rows = parse(stdout, { columns: true }) as Record<string, string>[];
    expect(code).toBe(0);
    expect(rows.map((row) => [row['tag:who'], row.images])).toEqual([
      ["'=1+1", '1'],
      ['bob', '2'],
    ]);
    const dollars = rows.reduce((sum, row) => sum + Number(row.usdApprox), 0);
    expect(dollars).toBeCloseTo(Number(credits) * 2, 6);
  }, 15_000);

  test('writes CSV for a German spreadsheet in UTF-8 with a byte order mark, and with decimal commas', async () => {
    const { stdout } = await work.run(['cost', '--by', 'tag:who', '--format', 'csv', '--csv-locale', 'de']);

    const [header = [], line = []]: string[][] = parse(stdout, { delimiter: ';', bom: true });
    expect(stdout.startsWith('\ufefftag:who;')).toBe(true);
    expect(line[header.indexOf('usdPerCredit')]).toBe('0,001');
  }, 15_000);

  test('writes a FOCUS row for each day and model; refuses days of another zone', async () => {
    const [focus, elsewhere] = await Promise.all([
      work.run(['cost', '--format', 'focus', '--by', 'batch']),
      work.run(['cost', '--format', 'focus', '--tz', 'Asia/Tokyo']),
    ]);

    const [row] = parse(focus.stdout, { columns: true }) as Record<string, string>[];
    expect(row).toMatchObject({ ChargePeriodStart: `${day}T00:00:00Z`, PricingQuantity: credits });
    expect(elsewhere).toMatchObject({ code: 1, stdout: '' });
    expect(elsewhere.stderr).toMatch(/^pressrun: --format focus has its days in UTC: leave out --tz\n$/);
  }, 15_000);

  test('reports days without spending, and exits 0', async () => {
    const window = ['--from', '2020-01-01', '--to', '2020-01-31'];

    const [table, csv] = await Promise.all([
      work.run(['cost', ...window]),
      work.run(['cost', ...window, '--format', 'csv']),
    ]);

    expect(table).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing was spent from 2020-01-01 to/),
    });
    expect(csv).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('nothing was spent from 2020-01-01'),
    });
    expect(csv.stdout.trim().split('\n')).toHaveLength(1);
  }, 15_000);

  test('recompute shows the cost at another price', async () => {
    const { code, stdout } = await work.run(['cost', 'recompute', '--price', 'flash-2025-11', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ total: { charges: 3, differenceMicro: 0 }, others: 0 });
  }, 15_000);
});

describe('a group of commands', () => {
  test.each(['budget', 'schedule'])(
    '%s lists without a command, and names its commands on a typo',
    async (group) => {
      const bare = await work.run([group, '--json']);
      const typo = await work.run([group, 'lst']);

      expect(JSON.parse(bare.stdout)).toEqual({ [`${group}s`]: [] });
      expect(bare.code).toBe(0);
      expect(typo.stderr).toMatch(new RegExp(`${group} has no command "lst"; there are .*list`));
      expect(typo.code).toBe(1);
    },
  );
});

describe('reconcile', () => {
  test('exits 0 if the statement agrees', async () => {
    await work.write(
      'same.csv',
      `\ufeffUsage Date;Model;Credits\n${day};gemini-3.1-flash-image-preview;${credits}\n`,
    );

    const { code, stdout } = await work.run(['reconcile', 'same.csv', '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      from: day,
      to: day,
      rows: [{ verdict: 'same', differenceMicro: 0, causes: [] }],
      unread: [],
    });
  }, 15_000);

  test.each([
    [
      'by month, in dollars',
      'Month,Model,Cost (USD)',
      (usd: string) => `${day.slice(0, 7)},gemini-3.1-flash-image-preview,$${usd}`,
      [],
    ],
    ['by day, all models together', 'Date,Credits', () => `${day},${credits}`, ['--model-column', 'none']],
    [
      'of a total in dollars',
      'Invoice,Total',
      (usd: string) => `INV-7,${usd} USD`,
      ['--day-column', 'none', '--model-column', 'none', '--usd-column', 'Total'],
    ],
  ])(
    'with a statement %s, compares just that',
    async (_, header, line, flags) => {
      await work.write('coarse.csv', `${header}\n${line(String(Number(credits) / 1_000))}\n`);

      const { code, stdout } = await work.run(['reconcile', 'coarse.csv', '--json', ...flags]);

      expect(JSON.parse(stdout)).toMatchObject({
        rows: [{ verdict: 'same', differenceMicro: 0 }],
        unread: [],
      });
      expect(code).toBe(0);
    },
    15_000,
  );

  test.each([
    [
      'OpenRouter, of calls',
      'generation_id,created_at,cost_total,model_permaslug',
      (usd: string) => `gen-1,${day} 09:00:00.000,${usd},google/gemini-3.1-flash-image-preview`,
    ],
    [
      'OpenAI, with days of nothing',
      'start_time,start_time_iso,amount_value,amount_currency,line_item',
      (usd: string) =>
        `1,${day}T00:00:00+00:00,,,\n1,${day}T00:00:00+00:00,${usd},usd,"gemini-3.1-flash-image, output"`,
    ],
    [
      'Google, by SKU',
      'Service description,SKU description,Usage start date,Cost ($)',
      (usd: string) => `Gemini API,Gemini 3.1 Flash Image Preview output tokens,${day},${usd}`,
    ],
  ])(
    'knows the export of %s',
    async (_, header, line) => {
      await work.write('export.csv', `${header}\n${line(String(Number(credits) / 1_000))}\n`);

      const { stdout } = await work.run(['reconcile', 'export.csv', '--json']);

      expect(JSON.parse(stdout)).toMatchObject({ rows: [{ verdict: 'same' }], unread: [] });
    },
    15_000,
  );

  test('takes several files as one statement, with columns that the configuration keeps', async () => {
    const half = Math.floor(Number(credits) * 500_000) / 1e6;
    const rest = Number((Number(credits) - half).toFixed(6));
    await work.write('a.csv', `When,What,Sum\n${day},gemini-3.1-flash-image-preview,${half}\n`);
    await work.write('b.csv', `When,What,Sum\n${day},gemini-3.1-flash-image-preview,${rest}\n`);
    const statement = { dayColumn: 'When', modelColumn: 'What', creditsColumn: 'Sum' };
    await work.write('kept.json', JSON.stringify({ statement }));

    const { code, stdout } = await work.run([
      ...['reconcile', 'a.csv', 'b.csv', '--json', '--config', 'kept.json'],
    ]);

    expect(JSON.parse(stdout)).toMatchObject({ rows: [{ verdict: 'same', differenceMicro: 0 }] });
    expect(code).toBe(0);
  }, 15_000);

  test("refuses a part of a month beside a month's statement, and says so", async () => {
    await work.write('month.csv', `Month,Credits\n${day.slice(0, 7)},${credits}\n`);

    const { code, stderr } = await work.run([
      ...['reconcile', 'month.csv', '--model-column', 'none', '--from', `${day.slice(0, 7)}-02`],
    ]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/by months, and .* holds only a part of .*: ask for whole months\n$/);
  }, 15_000);

  test('names calls that are not in the ledger', async () => {
    const flash = `${day},gemini-3.1-flash-image-preview,${credits}`;
    await work.write('more.csv', `day,model,credits\n${flash}\n${day},someone-elses,500\n`);

    const { code, stdout } = await work.run(['reconcile', 'more.csv']);

    expect(code).toBe(2);
    expect(stdout).toContain('+500 credits on 1 line: more than the calls in this ledger can have cost');
  }, 15_000);

  test('says at what rate it compares dollars', async () => {
    await work.write('usd.csv', `day,model,usd\n${day},gemini-3.1-flash-image-preview,1\n`);

    const asked = ['reconcile', 'usd.csv', '--usd-per-credit', '0.002'];
    const [said, json] = [await work.run(asked), await work.run([...asked, '--json'])];

    expect(said.stdout).toContain('in credits, dollars at $0.002 a credit');
    expect(JSON.parse(json.stdout)).toMatchObject({
      usdPerCredit: 0.002,
      total: { theirsMicro: 500_000_000 },
    });
  }, 15_000);

  test('exits 2 on an unexplained difference over the tolerance', async () => {
    const more = String(Math.round(Number(credits) * 1.02));
    await work.write('more.csv', `when,what,spent\n${day},gemini-3.1-flash-image-preview,${more}\n`);
    const columns = ['--day-column', 'When', '--model-column', 'what', '--credits-column', 'spent'];

    const [strict, lenient] = await Promise.all([
      work.run(['reconcile', 'more.csv', ...columns]),
      work.run(['reconcile', 'more.csv', ...columns, '--tolerance', '5']),
    ]);

    expect(strict).toMatchObject({ code: 2, stdout: expect.stringContaining('unexplained') });
    expect(lenient).toMatchObject({ code: 0, stdout: expect.stringContaining('tolerated') });
  }, 15_000);

  test('names each unreadable line by its number, and exits 2', async () => {
    const good = `${day},gemini-3.1-flash-image-preview,${credits}`;
    const bad = ['yesterday,m,1', `${day},m,"1,000"`, `${day},m`, `${day},"a\nb",x`];
    await work.write('bad.csv', ['day,model,credits', good, '', ...bad, 'Total,,9', ''].join('\r\n'));

    const { code, stdout } = await work.run(['reconcile', 'bad.csv', '--json']);

    const { rows, unread } = JSON.parse(stdout);
    expect(code).toBe(2);
    expect(rows).toMatchObject([{ verdict: 'same' }]);
    expect(unread.map(({ line }: { line: number }) => line)).toEqual([4, 5, 6, 7, 9]);
  }, 15_000);

  test('says why no line can be read, and compares nothing', async () => {
    await work.write('german.csv', 'day,model,credits\n29.11.2026,m,"0,84"\n');

    const { code, stdout, stderr } = await work.run(['reconcile', 'german.csv']);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^pressrun: no line of the statement can be read\. Line 2: .*"29\.11\.2026".*\n$/);
  }, 15_000);

  test('stops at a quote that is never closed, and reports it', async () => {
    const good = `${day},gemini-3.1-flash-image-preview,${credits}`;
    await work.write('open.csv', `day,model,credits\n${good}\n${day},"m,1\n${good}\n`);

    const { code, stdout } = await work.run(['reconcile', 'open.csv', '--json']);

    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ rows: [{ verdict: 'same' }], unread: [{ line: 3 }] });
  }, 15_000);

  test('rejects a file that is no statement in one line', async () => {
    await work.write('empty.csv', '');
    await work.write('dollars.csv', 'day,model,amount\n');

    const cases: [string, RegExp][] = [
      ['empty.csv', /empty\.csv: has no header line/],
      [
        'dollars.csv',
        /dollars\.csv: no column for the credits; it has day, model, amount: name it with --credits/,
      ],
      ['nowhere.csv', /nowhere\.csv: there is no such file/],
    ];

    for (const [file, says] of cases) {
      const { code, stdout, stderr } = await work.run(['reconcile', file]);
      expect({ code, stdout }, file).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(says);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  }, 15_000);
});
