import type { Command } from 'commander';
import { UsageError } from '../usage-error.ts';

/** Adds `list` to a group of commands. The group alone means it too; a command that it doesn't have is an error. */
export function listByDefault(group: Command, about: string): Command {
  group.hook('preSubcommand', () => {
    const names = group.commands.map((command) => command.name());
    const [asked = 'list'] = group.args;
    if (names.includes(asked) || asked.startsWith('-')) return;
    throw new UsageError(`${group.name()} has no command "${asked}"; there are ${names.join(', ')}`);
  });
  return group.command('list', { isDefault: true }).description(about);
}
