import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import { oneLine } from '../../cli/text/one-line.ts';
import { call } from './call.ts';
import { openWorkplace } from './workplace.ts';

describe('--help', () => {
  test('of the program lists every command, the environment and the exit codes, in half a second', async () => {
    const work = await openWorkplace();
    await work.run(['--help']);
    const startedAt = performance.now();

    const { code, stdout, stderr } = await work.run(['--help']);

    expect(performance.now() - startedAt).toBeLessThan(500);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name } of COMMANDS) expect(stdout).toContain(`\n  ${name} `);
    for (const word of [
      'CORE_TODAY_API_KEY',
      'PRESSRUN_PROVIDER_URL',
      'AWS_ENDPOINT_URL',
      '130 interrupted',
    ]) {
      expect(stdout).toContain(word);
    }
    await work.close();
  });

  test.for(COMMANDS.map(({ name }) => name))(
    'of %s says what it does, then shows examples, then options',
    async (name) => {
      const { code, stdout } = await call([name, '--help']);

      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: pressrun ${name}`);
      expect(stdout).toContain(`$ `);
      expect(stdout).toContain('--stage <name>');
      const at = (part: string) => stdout.indexOf(part);
      expect(at('Usage:')).toBeGreaterThan(0);
      expect(at('Examples:')).toBeGreaterThan(at('Usage:'));
      expect(at('--stage <name>')).toBeGreaterThan(at('Examples:'));
    },
  );

  test('shows no line that is wider than a usual terminal', async () => {
    for (const { name } of COMMANDS) {
      const { stdout } = await call([name, '--help']);
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  test('is what a bare `pressrun` gives, as a mistake', async () => {
    const { code, stdout, stderr } = await call([]);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Usage: pressrun');
  });
});

describe('errors of the system', () => {
  test.for([
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'quota is used up'],
    ['EROFS', 'read-only file system'],
    ['EACCES', 'not allowed'],
    ['ENOTDIR', 'is a file, not a folder'],
    ['EMFILE', 'ulimit -n'],
  ])('%s is put into words, with the place and what to do', ([code, words]) => {
    const error = Object.assign(new Error(`${code}: write`), { code, path: 'out/a.png' });

    const line = oneLine(error);

    expect(line).toContain(words);
    if (code !== 'EMFILE') expect(line).toMatch(/^out\/a\.png: .*: .+/);
  });

  test('of any kind are one line', () => {
    expect(oneLine(new Error('first\n  second'))).toBe('first second');
    expect(oneLine('thrown')).toBe('thrown');
  });
});
