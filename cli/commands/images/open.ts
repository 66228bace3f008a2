import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { openInSystem } from '../../files/open-in-system.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { type StageOptions, stageFolder } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun open BATCH` */
export function defineOpen(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--print', 'Print the folder only')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, text: string | undefined, options: StageOptions & { readonly print?: boolean }) => {
        const config = await readOnlyConfig(out, options);
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const batch = await chosenBatch(effects, text);
          const folders = [
            join('out', batch),
            ...(isEmbedded(config.stage) ? [join(stageFolder(config), 'objects', 'images', batch)] : []),
          ];
          const folder = folders.find((each) => existsSync(each));
          if (folder === undefined) {
            throw new UsageError(
              `the images of ${batch} aren't on this machine. Get them: \`pressrun download ${batch}\``,
            );
          }
          if (!options.print && !out.json) openInSystem(folder);
          out.result(folder, { batch, folder });
          return EXIT.ok;
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun open                       the newest batch
  $ pressrun open postcards
  $ cd "$(pressrun open latest --print)"`,
  notes: `Opens out/<batch>, or the folder in which the local stage keeps the images.`,
};
