import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { ContactSheet, SheetOptions } from '../../../dashboard/contact-sheet/contact-sheet.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { type FolderUse, openFolder } from '../../files/folder-writer.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { keepContactSheet, makeContactSheet } from '../../stage/contact-sheets.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { bytesText, countText } from '../../text/figures.ts';
import { UsageError } from '../../usage-error.ts';

interface SheetFlags extends StageOptions {
  readonly out?: string;
  readonly columns: string;
  readonly picked?: boolean;
  readonly groupBy?: string;
  readonly cost?: boolean;
  readonly maxMb: string;
}

/** `pressrun contact-sheet BATCH` */
export function defineContactSheet(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--out <file>', 'File to write [out/<batch>/contact-sheet.html]')
    .option('--columns <n>', 'Images side by side, 1-12', '4')
    .option('--picked', 'Only the images that were picked')
    .option('--group-by <what>', 'row, model, or tag:NAME')
    .option('--cost', 'Show what each image cost')
    .option('--max-mb <n>', 'Scale the pictures so that the file stays below', '25')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, text: string | undefined, flags: SheetFlags) => {
        const options = optionsOf(flags);
        const config = await readOnlyConfig(out, flags);
        return await withStage(config, 'look', {}, async ({ runtime: { effects }, folder }) => {
          const batch = await chosenBatch(effects, text);
          const sheet = await makeContactSheet(effects, batch, options);
          await keepContactSheet(effects, batch, sheet);
          const path = flags.out ?? join('out', batch, 'contact-sheet.html');
          const file = await write(path, sheet, { stage: folder, say: out.say });
          const scaled = `${countText(sheet.images)} images at ${sheet.edge} px, ${bytesText(sheet.bytes)}`;
          out.result(`Sheet     ${file}\nPictures  ${scaled}`, {
            batch,
            file,
            images: sheet.images,
            edge: sheet.edge,
            bytes: sheet.bytes,
            files: sheet.files.map(({ name }) => name),
          });
          return EXIT.ok;
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun contact-sheet latest
  $ pressrun contact-sheet postcards --picked --columns 3 --out winners.html
  $ pressrun contact-sheet postcards --group-by tag:campaign --cost`,
  notes: `One file without scripts or links to the network: mail it, open it, print it.
The stage keeps a copy beside the manifest. Above 2,000 images, it becomes
several files that link to each other.`,
};

function optionsOf({ columns, picked, groupBy, cost, maxMb }: SheetFlags): SheetOptions {
  const [side, most] = [Number(columns), Number(maxMb)];
  if (!Number.isInteger(side) || side < 1 || side > 12) {
    throw new UsageError(`--columns: expected a whole number from 1 to 12, got "${columns}"`);
  }
  if (!(most >= 1 && most <= 1_000)) throw new UsageError(`--max-mb: expected 1 to 1000, got "${maxMb}"`);
  if (groupBy !== undefined && groupBy !== 'row' && groupBy !== 'model' && !/^tag:./.test(groupBy)) {
    throw new UsageError(`--group-by: expected row, model or tag:NAME, got "${groupBy}"`);
  }
  return {
    columns: side,
    picked: picked === true,
    groupBy,
    cost: cost === true,
    mostBytes: most * 1_000_000,
  };
}

/** Returns the first file's path. */
async function write(path: string, sheet: ContactSheet, use: FolderUse): Promise<string> {
  const folder = await openFolder(dirname(path), use);
  for (const [nth, { name, html }] of sheet.files.entries()) {
    await folder.write(nth === 0 ? basename(path) : name, (part) => writeFile(part, html, { flag: 'wx' }));
  }
  return join(folder.path, folder.nameOf(basename(path)));
}
