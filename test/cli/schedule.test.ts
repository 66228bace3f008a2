import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { call } from './call.ts';
import { prompts, testWorkplace } from './provider.ts';
import type { Ended } from './workplace.ts';

const WEEKLY = ['--cron', '0 8 * * MON', '--tz', 'Europe/Berlin'];

function jsonOf({ stdout }: Ended) {
  return JSON.parse(stdout);
}

describe('a schedule on this machine', () => {
  test('is added, listed, shown, paused, resumed, run and removed', async (context) => {
    const work = await testWorkplace(context);
    const file = await work.write('prompts.csv', prompts(2));
    const run = (...args: string[]) =>
      call(['schedule', ...args, '--json', '--home', work.path('.pressrun')]);

    const added = await run('add', 'weekly', file, ...WEEKLY, '--tags', 'issue={{week}}', '--variants', '2');
    const again = await run('add', 'weekly', file, '--every', '1h');
    const next = await run('next', 'weekly');
    const paused = await run('pause', 'weekly');
    const resumed = await run('resume', 'weekly');
    const made = await run('run', 'weekly');
    const shown = await run('show', 'weekly');
    const listed = await run('list');
    const removed = await run('remove', 'weekly');
    const none = await run('show', 'weekly');

    expect(added).toMatchObject({ code: 0, stderr: expect.stringContaining('pressrun dev') });
    expect(jsonOf(added)).toMatchObject({
      name: 'weekly',
      when: { kind: 'cron', expression: '0 8 * * MON' },
      timeZone: 'Europe/Berlin',
      source: expect.stringMatching(/^schedules\/weekly\/prompts-[0-9a-f]{12}\.csv$/),
      overlap: 'skip',
      catchUp: 'skip',
      state: 'active',
      last: null,
    });
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is a schedule weekly already'),
    });
    expect(jsonOf(next).next).toHaveLength(5);
    for (const { at, local } of jsonOf(next).next) {
      expect(local).toMatch(/^\d{4}-\d\d-\d\d 08:00$/);
      const inBerlin = {
        timeZone: 'Europe/Berlin',
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
      } as const;
      expect(new Date(at).toLocaleString('en-GB', inBerlin)).toBe('Mon 08:00');
    }
    expect(jsonOf(paused)).toMatchObject({ state: 'paused', next: null });
    expect(jsonOf(resumed)).toMatchObject({ state: 'active', next: jsonOf(next).next[0].at });
    expect(jsonOf(made)).toMatchObject({
      schedule: 'weekly',
      run: 1,
      batch: expect.stringContaining('weekly-'),
    });
    expect(jsonOf(shown)).toMatchObject({
      options: { tags: 'issue={{week}}', variants: '2' },
      runs: [{ state: 'submitted', run: 1, batch: jsonOf(made).batch, creditsMicro: 0 }],
    });
    expect(jsonOf(listed).schedules).toMatchObject([{ name: 'weekly', last: { run: 1 } }]);
    expect(removed.code).toBe(0);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/^pressrun: there is no schedule "weekly"[^\n]+\n$/);
  });

  test('whose object is not there is added with a warning; its run fails loudly, and it stays', async (context) => {
    const work = await testWorkplace(context);

    const run = (...args: string[]) => call(['schedule', ...args, '--home', work.path('.pressrun')]);

    const added = await run('add', 'sky', '--source', 'schedules/sky.csv', '--every', '6h');
    const failed = await run('run', 'sky');
    await work.write('.pressrun/local/objects/schedules/sky.csv', prompts(1));
    const made = await run('run', 'sky', '--json');
    const listed = await run('list');

    expect(added).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('there is no object schedules/sky.csv yet'),
    });
    expect(failed).toMatchObject({ code: 1, stdout: '' });
    expect(failed.stderr).toBe('pressrun: schedule sky: there is no object schedules/sky.csv\n');
    expect(jsonOf(made)).toMatchObject({ run: 2 });
    expect(listed.stdout).toContain('every 6h');
    expect(await readFile(work.path('.pressrun/local/pressrun.log'), 'utf8')).toContain(
      'scheduled run failed',
    );
  });
});

describe('an invalid schedule', () => {
  test('is refused in one line, before anything is written', async (context) => {
    const work = await testWorkplace(context);
    const file = await work.write('prompts.csv', prompts(1));
    const withReference = await work.write('refs.csv', 'prompt,references\na fox,prompts.csv\n');
    const bad: readonly (readonly [args: readonly string[], why: RegExp])[] = [
      [
        ['a', file, '--cron', '0 8 * * *', '--tz', 'Mars/Olympus'],
        /--tz: there is no time zone "Mars\/Olympus"/,
      ],
      [['a', file, '--cron', '0 8 31 2 *'], /--cron: .*it never matches a date/],
      [['a', file, '--at', '2020-12-24T18:00'], /--at: .* is over/],
      [['a', file], /say when, in one way/],
      [['a', withReference, '--every', '1h'], /the reference prompts\.csv is a file on this machine/],
      [['a', '--every', '1h'], /name a file, .*--source/],
      [['a', '--source', 'images/a.png', '--every', '1h'], /--source is .*below schedules\//],
      [['a/b', file, '--every', '1h'], /"a\/b" cannot be a schedule's name/],
      [['a', 'none.csv', '--every', '1h'], /none\.csv: there is no such file/],
      [['a', file, '--every', '1h', '--overlap', 'wait'], /--overlap is "wait"; there are skip, queue/],
      [['a', file, '--every', '1h', '--model', 'dall-e'], /--model: unknown model/],
      [['a', file, '--every', '1h', '--tags', 'schedule=b'], /"schedule" is given by pressrun/],
      [['a', file, '--every', '1h', '--name', '{{day}}'], /unknown column \{\{day\}\}; columns: date/],
    ];

    for (const [args, why] of bad) {
      const home = work.path('.pressrun');
      const { code, stdout, stderr } = await call(['schedule', 'add', ...args, '--home', home]);

      expect({ code, stdout }, args.join(' ')).toEqual({ code: 1, stdout: '' });
      expect(stderr, args.join(' ')).toMatch(why);
      expect(stderr, args.join(' ')).toMatch(/^pressrun: [^\n]+\n$/);
      expect(existsSync(home)).toBe(false);
    }
  });
});
