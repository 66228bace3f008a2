import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askYesNo } from '../../cli/text/yes-no.ts';
import { testWorkplace } from './provider.ts';
import { POSTCARDS } from './workplace.ts';

describe('a question that is answered with y or N', () => {
  test.each([
    ['y', 'y\r', 'yes'],
    ['YES', 'YES\r', 'yes'],
    ['n', 'n\r', 'no'],
    ['nothing but Enter', '\r', 'no'],
    ['anything else', 'sure\r', 'no'],
    ['Ctrl-D', '\u0004', 'no'],
    ['y and then Ctrl-D', 'y\u0004\r', 'yes'],
    ['Ctrl-C', '\u0003', 'interrupted'],
    ['y and then Ctrl-C', 'y\u0003', 'interrupted'],
  ])('takes %s', async (_, keys, answer) => {
    const terminal = fakeTerminal();

    const asking = askYesNo('Go on? [y/N] ', terminal, new AbortController().signal);
    terminal.input.write(keys);

    expect(await asking).toBe(answer);
    expect(terminal.shown()).toContain('Go on? [y/N] ');
    // What is written next is not written beside the question.
    expect(terminal.shown()).toMatch(/\n$/);
    expect(terminal.input.rawModes.at(-1)).toBe(false);
  });

  test('ends if the terminal closes or the process is signalled, before or after the question', async () => {
    const gone = fakeTerminal();
    const told = new AbortController();

    const closed = askYesNo('?', gone, told.signal);
    gone.input.end();
    const first = await closed;
    const broken = fakeTerminal();
    const read = askYesNo('?', broken, told.signal);
    broken.input.destroy(new Error('read EIO'));
    const second = await read;
    const asking = askYesNo('?', fakeTerminal(), told.signal);
    told.abort();

    expect([first, second]).toEqual(['no', 'interrupted']);
    expect(await asking).toBe('interrupted');
    expect(await askYesNo('?', fakeTerminal(), told.signal)).toBe('interrupted');
  });
});

test('without a terminal, a run over the approved cost starts nothing and exits 3', async (context) => {
  const work = await testWorkplace(context);

  const run = await work.run(['run', POSTCARDS, '--simulate', '--approve-above', '10', '--json']);
  const { stdout } = await work.run(['status', '--simulate', '--json']);

  expect(run).toMatchObject({ code: 3, stdout: '' });
  expect(run.stderr).toMatch(
    /\n2,487\.5 credits \(≈ \$2\.49\) are expected, more than the 10 credits \(≈ \$0\.0100\) of --approve-above, and there is no terminal to ask: nothing was submitted; raise --approve-above\n$/,
  );
  expect(JSON.parse(stdout)).toEqual({ batches: [] });
});

function fakeTerminal() {
  let text = '';
  const rawModes: boolean[] = [];
  const setRawMode = (raw: boolean) => void rawModes.push(raw);
  const input = Object.assign(new PassThrough(), { isTTY: true, rawModes, setRawMode });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  output.on('data', (chunk) => {
    text += String(chunk);
  });
  return { input, output, shown: () => text };
}
