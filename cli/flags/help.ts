import type { Command, Option } from 'commander';

/** Headings of options; those of one heading stand together, whoever adds them. */
export const GROUP = {
  rows: 'Row defaults (a cell in the file takes precedence):',
  templates: 'Templates:',
  file: 'File:',
  cost: 'Cost:',
  output: 'Output:',
  simulator: 'Simulator:',
  global: 'Global:',
} as const;

interface HelpText {
  /** Lines of at most 80 columns. */
  readonly examples: string;
  /** What options and examples don't say; exit codes. */
  readonly notes?: string;
}

/** Help in a reader's order: what the command does, usage, examples, options, notes. */
export function addHelp(command: Command, { examples, notes }: HelpText): Command {
  const about = command.description();
  command.summary(about).description(`Examples:\n${examples}`).addHelpText('before', `${about}.\n`);
  return notes === undefined ? command : command.addHelpText('after', `\n${notes}`);
}

/** How commander is to write help: a default in brackets at the end, and a command with its arguments alone. */
export const HELP_FORMAT = {
  optionDescription: ({ description, defaultValue }: Option) =>
    typeof defaultValue === 'string' ? `${description} [${defaultValue}]` : description,
  subcommandTerm: (command: Command) =>
    `${command.name()} ${command.usage().replace(/^\[options\] ?(\[command\])?/, '')}`.trim(),
};
