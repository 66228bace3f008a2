import { Writable } from 'node:stream';
import { COMMANDS } from '../../cli/commands.ts';
import { main } from '../../cli/main.ts';

/** `docs/commands.md`: the help of every command, as the command prints it. */
export async function commandsPage(): Promise<string> {
  const sections: string[] = [];
  for (const { name } of COMMANDS) {
    const help = await helpOf([name]);
    sections.push(sectionOf('##', name, help));
    for (const part of partsOf(help)) {
      sections.push(sectionOf('###', `${name} ${part}`, await helpOf([name, part])));
    }
  }
  const links = COMMANDS.map(({ name, about }) => `| [\`${name}\`](#${name}) | ${sentence(about)} |`);
  return [`${TOP}\n`, '| command | what it does |\n|---|---|', ...links, '', sections.join('\n\n'), ''].join(
    '\n',
  );
}

const TOP = `# Commands

\`npm run docs\` writes this page from the commands' own help. Progress goes to stderr, results to stdout; \`--json\` prints the
result as one JSON document, whose schema is in [schemas/](../schemas).`;

function sentence(about: string): string {
  return `${about.charAt(0).toUpperCase()}${about.slice(1)}`.replaceAll('|', '\\|');
}

function sectionOf(level: string, title: string, help: string): string {
  return `${level} ${title}\n\n\`\`\`text\n${help}\n\`\`\``;
}

/** The commands below a command, such as `budget set`. */
function partsOf(help: string): string[] {
  const listed = /\nCommands:\n((?: .*\n)+)/.exec(help)?.[1] ?? '';
  const names = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)].flatMap(([, name]) => name ?? []);
  return names.filter((name) => name !== 'help');
}

async function helpOf(words: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      printed.push(String(chunk));
      done();
    },
  });
  await main([...words, '--help'], { stdout: stream, stderr: stream });
  return printed.join('').trim();
}
