import { globSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';

const PAGES = globSync(['*.md', 'docs/*.md', 'examples/**/*.md', 'bench/*.md']).filter(
  (page) => page !== 'docs/commands.md' && page !== 'CHANGELOG.md',
);
const GLOBAL = ['--stage', '--home', '--config', '--json', '--debug', '--help', '--version'];
const SCRIPTS = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts);

const commands = new Map<string, Command>();
for (const { name, load } of COMMANDS) {
  const command = new Command(name);
  (await load())(command, () => async () => undefined);
  commands.set(name, command);
}

test.each(PAGES)('%s names only commands and options that exist', (page) => {
  const text = readFileSync(page, 'utf8');

  expect(commandLines(text).flatMap(mistakesOf)).toEqual([]);
  expect(scriptsIn(text).filter((script) => !SCRIPTS.includes(script))).toEqual([]);
});

/** A line of a block, or between backticks; with the lines that a backslash joins. */
function commandLines(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, ' ');
  return [
    ...joined.matchAll(/^(?:\$ | {4}(?:\$ )?|(?=npx ))(?:[A-Z_]+=\S+ )*(?:npx )?pressrun ([^\n]*)$/gm),
    ...joined.matchAll(/`(?:npx )?pressrun ([^`]+)`/g),
    ...joined.matchAll(/&& npx pressrun ([^\n`]*)/g),
  ].map(([, line = '']) => line.replace(/ (#| {2,}).*$/, ''));
}

function scriptsIn(text: string): string[] {
  return [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, script = '']) => script);
}

/** Prose may name a command with `…` or `<command>`. */
function mistakesOf(line: string): string[] {
  const [name = '', second = ''] = line.split(/\s+/);
  if (!/^[a-z]/.test(name)) return [];
  const command = commands.get(name);
  if (command === undefined) return [`pressrun ${line}: no command "${name}"`];
  const under = command.commands.find((each) => each.name() === second);
  const known = [command, ...(under === undefined ? [] : [under])].flatMap(({ options }) =>
    options.flatMap(({ long, short }) => [long, short]),
  );
  const unquoted = line.replaceAll(/'[^']*'|"[^"]*"/g, 'TEXT').replace(/ -- .*$/, '');
  return [...unquoted.matchAll(/(?<= )--?[a-z][\w-]*/g)]
    .map(([flag]) => flag)
    .filter((flag) => !known.includes(flag) && !GLOBAL.includes(flag))
    .map((flag) => `pressrun ${line}: no option ${flag}`);
}
