import type { Command } from 'commander';
import { dayOfMs } from '../../../shared/domain/time/calendar.ts';
import { configValues } from '../../../shared/runtime/config-values.ts';
import { loadConfig } from '../../../shared/runtime/load-config.ts';
import type { Act, GlobalOptions } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { textTable } from '../../text/text-table.ts';

/** `pressrun config show` */
export function defineConfig(command: Command, act: Act): void {
  const show = addHelp(command, HELP)
    .command('show')
    .description('Print every setting in effect and where it comes from');
  addHelp(show, HELP).action(
    act(async ({ out }, options: GlobalOptions) => {
      const asked = { stage: options.stage, home: options.home, config: options.config };
      const loaded = loadConfig(asked);
      const values = configValues(loaded, asked, dayOfMs(Date.now()));
      const file = loaded.found?.path;
      const lines = values.map(({ name, value, from }) => [name, value, from]);
      const head =
        file === undefined
          ? 'No configuration file. Write one with: pressrun init'
          : `Configuration: ${file}`;
      out.result(`${head}\n\n${textTable(['setting', 'value', 'from'], lines)}`, { file, values });
      return EXIT.ok;
    }),
  );
}

const HELP = {
  examples: `  $ pressrun config show
  $ pressrun config show --config team/pressrun.config.json --json`,
  notes: `A flag takes precedence over an environment variable, a variable over the file,
and the file over the default. Keys are never printed.`,
};
