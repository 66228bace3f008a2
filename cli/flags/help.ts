import type { Command, Option } from 'commander';

/** Headings of option groups. */
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
  /** At most 80 columns. */
  readonly examples: string;
  /** What options and examples don't say; exit codes. */
  readonly notes?: string;
}

/** In order: summary, usage, examples, options, notes. */
export function addHelp(command: Command, { examples, notes }: HelpText): Command {
  const about = command.description();
  command.summary(about).description(`Examples:\n${examples}`).addHelpText('before', `${about}.\n`);
  return notes === undefined ? command : command.addHelpText('after', `\n${notes}`);
}

/** Defaults in brackets at the end; commands with arguments only. */
export const HELP_FORMAT = {
  optionDescription: ({ description, defaultValue }: Option) =>
    typeof defaultValue === 'string' ? `${description} [${defaultValue}]` : description,
  subcommandTerm: (command: Command) =>
    `${command.name()} ${command.usage().replace(/^\[options\] ?(\[command\])?/, '')}`.trim(),
};
