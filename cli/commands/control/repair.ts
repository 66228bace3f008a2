import type { Command } from 'commander';
import { acquireHome } from '../../../local/stage/home-lock.ts';
import { type Salvaged, salvageTable } from '../../../local/stage/salvage.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { type Rebuilt, rebuildStage } from '../../../shared/pipeline/life/rebuild.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { inUse } from '../../stage/in-use.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { type StageOptions, stageFolder } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { countText } from '../../text/figures.ts';
import { resumeHint } from '../../text/summary.ts';

/** `pressrun repair` */
export function defineRepair(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...SIMULATE)
    .action(
      act(async ({ out }, options: StageOptions) => {
        const config = await readOnlyConfig(out, options);
        const resume = (batch: BatchId) => resumeHint(config.stage, batch);
        const salvaged = isEmbedded(config.stage) ? await salvage(config) : { rows: [] };
        const rebuilt = await withStage(config, 'work', {}, ({ runtime: { effects } }) =>
          rebuildStage(effects, salvaged.rows, resume),
        );
        const lines = linesOf(salvaged, rebuilt, resume);
        out.result(lines.join('\n'), { damaged: salvaged.damaged, ...rebuilt });
        return rebuilt.unread.length > 0 ? EXIT.incomplete : EXIT.ok;
      }),
    );
}

const HELP = {
  examples: `  $ pressrun repair
  $ pressrun repair --stage studio`,
  notes: `Sends nothing to the provider. Reads the prompt files again, gives each stored
image back to its row, and records the charge that is kept beside the image,
once. Rows without an image may have failed, or been cancelled: their batches
stay paused until you resume them. On this machine, it keeps a damaged table
beside the new one and uses every charge it can still read there. Budgets,
schedules, and picks are lost with the table: set them again. So are charges of
calls without an image: \`pressrun reconcile\` shows which.

Exit codes: 0 rebuilt · 1 the stage is in use, or can't be opened · 2 some
prompt files couldn't be read.`,
};

async function salvage(config: Config): Promise<Salvaged> {
  const folder = stageFolder(config);
  const home = await acquireHome(folder);
  if (home.kind === 'busy') throw inUse(folder, home);
  try {
    return await salvageTable(
      folder,
      new Date()
        .toISOString()
        .replaceAll(/[^0-9]/g, '')
        .slice(0, 14),
    );
  } finally {
    home.release();
  }
}

function linesOf(
  { damaged }: Salvaged,
  { batches, adopted, open, charges, unread }: Rebuilt,
  resume: (batch: BatchId) => string,
): string[] {
  return [
    damaged === undefined ? 'Table     not damaged' : `Table     damaged: kept as ${damaged}`,
    `Rebuilt   ${countText(batches)} batches, ${countText(adopted)} images found in the store`,
    ...(charges > 0 ? [`Charges   ${countText(charges)} read from the damaged table`] : []),
    ...unread.map(({ key, problem }) => `Not read  ${key}: ${problem}`),
    ...open.map(({ batch, items }) => {
      const [rows, them] = items === 1 ? ['row', 'it'] : ['rows', 'them'];
      return `No image  ${batch}: ${countText(items)} ${rows}, paused; to generate ${them}: ${resume(batch)}`;
    }),
  ];
}
