import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../../cli/commands.ts';
import { hintCompleter, WITHOUT_SIMULATE } from '../../../cli/text/hints.ts';

const SIMULATED = ['status', 'fox', '--simulate'];

test.each([
  [SIMULATED, 'To list all: `pressrun status`', 'To list all: `pressrun status --simulate`'],
  [SIMULATED, '`pressrun prices` lists it', '`pressrun prices` lists it'],
  [SIMULATED, '`pressrun worker --stage lab`', '`pressrun worker --stage lab`'],
  [SIMULATED, '`pressrun worker --simulate`', '`pressrun worker --simulate`'],
  [SIMULATED, 'Run `pressrun <command> --help`', 'Run `pressrun <command> --help`'],
  [
    ['status', '--stage', 'lab'],
    '`pressrun dev` or `pressrun worker`',
    '`pressrun dev --stage lab` or `pressrun worker --stage lab`',
  ],
  [['status', '--home=my data'], '`pressrun status`', "`pressrun status --home 'my data'`"],
  [['status'], '`pressrun status`', '`pressrun status`'],
])('a command in a message of %j means the same stage', (argv, message, completed) => {
  expect(hintCompleter(argv)(message)).toBe(completed);
});

test('the commands that never take --simulate are those that know no such option', async () => {
  const without = await Promise.all(
    COMMANDS.map(async ({ name, load }) => {
      const command = new Command(name);
      (await load())(command, () => async () => undefined);
      const all = [command, ...command.commands];
      return all.some((each) => each.options.some(({ long }) => long === '--simulate')) ? [] : [name];
    }),
  );

  expect(new Set(without.flat())).toEqual(WITHOUT_SIMULATE);
});
