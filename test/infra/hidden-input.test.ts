import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { readHidden } from '../../cli/commands/stages/hidden-input.ts';

test('prompts for a key without echoing it', async () => {
  const shown: string[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true });

  const reading = readHidden(input, (line) => shown.push(line), 'key:');
  input.write('cdt_typed\n');

  expect(await reading).toBe('cdt_typed');
  expect(shown).toEqual(['key:']);
});

test('Ctrl-C at the prompt changes nothing and says so', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true });

  const reading = readHidden(input, () => undefined, 'key:');
  input.write('\u0003');

  await expect(reading).rejects.toThrow('no key was entered: nothing was changed');
});
