import { describe, expect, test } from 'vitest';
import { jsonLinesLog } from '../../shared/runtime/json-lines-log.ts';

describe('the log', () => {
  test('is one line of JSON an entry, whatever is in it', () => {
    const { log, lines } = logOf();

    log.info('file taken in', { batch: 'foxes', items: 3, problem: 'two\nlines "quoted" \u2028 and é' });
    log.warn('paused');

    expect(lines.map((line) => line.split('\n').length)).toEqual([2, 2]);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        time: '2026-11-21T00:00:00.000Z',
        level: 'info',
        message: 'file taken in',
        batch: 'foxes',
        items: 3,
        problem: 'two\nlines "quoted" \u2028 and é',
      },
      { time: '2026-11-21T00:00:00.000Z', level: 'warn', message: 'paused' },
    ]);
  });

  test('keeps an error with its causes, and thrown values that are no errors', () => {
    const { log, lines } = logOf();

    log.error('failed', new TypeError('outer', { cause: new Error('inner', { cause: 'a text' }) }), {
      attempt: 'a1',
    });

    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'error',
      attempt: 'a1',
      error: [
        { name: 'TypeError', message: 'outer', stack: expect.stringContaining('json-lines-log.test') },
        { name: 'Error', message: 'inner' },
        { name: 'thrown', message: 'a text' },
      ],
    });
  });

  test('does not follow causes for ever', () => {
    const { log, lines } = logOf();
    const error = new Error('round');
    error.cause = error;

    log.error('failed', error);

    expect(JSON.parse(lines[0] ?? '').error.length).toBeLessThan(10);
  });
});

function logOf() {
  const lines: string[] = [];
  return {
    lines,
    log: jsonLinesLog(
      (line) => lines.push(line),
      () => Date.parse('2026-11-21T00:00:00Z'),
    ),
  };
}
