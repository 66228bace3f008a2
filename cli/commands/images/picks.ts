import type { Command } from 'commander';
import { parsePicks } from '../../../shared/domain/batch/promotion.ts';
import { csvTable } from '../../../shared/domain/csv-line.ts';
import { imageOf } from '../../../shared/domain/item/item.ts';
import { readItem } from '../../../shared/pipeline/batch/batch-items.ts';
import { readMarks, writeMarks } from '../../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import type { MarkValue } from '../../../shared/pipeline/rows/mark-row.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { textTable } from '../../text/text-table.ts';
import { UsageError } from '../../usage-error.ts';
import { userName } from '../../user-name.ts';

interface PicksOptions extends StageOptions {
  readonly aside?: boolean;
  readonly csv?: boolean;
  readonly add?: string;
  readonly remove?: string;
}

/** `pressrun picks BATCH` */
export function definePicks(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--csv', 'Print as CSV')
    .option('--aside', 'The images that were set aside instead')
    .option('--add <rows>', 'Pick these, such as 3,7/2')
    .option('--remove <rows>', 'Remove the marks of these');
  command.option(...SIMULATE).action(
    act(async ({ out }, text: string, options: PicksOptions) => {
      const config = await readOnlyConfig(out, options);
      return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
        const batch = await chosenBatch(effects, text);
        await change(effects, batch, options.add, 'picked');
        await change(effects, batch, options.remove, null);
        const wanted = options.aside ? 'aside' : 'picked';
        const marks = (await readMarks(effects.table, batch)).filter(({ mark }) => mark === wanted);
        const picks = await Promise.all(
          marks.map(async ({ row, variant, by, at }) => {
            const item = await readItem(effects.table, { batch, row, variant });
            const file = item === undefined ? undefined : imageOf(item)?.key;
            return { row, variant, name: item?.fileName ?? '', file: file ?? null, by, at };
          }),
        );
        out.result(options.csv ? csvTable(PICK_COLUMNS, picks) : textOf(picks), {
          batch,
          picks,
        });
        return EXIT.ok;
      });
    }),
  );
}

const HELP = {
  examples: `  $ pressrun picks latest
  $ pressrun picks postcards --csv > winners.csv
  $ pressrun picks postcards --add 3,7/2
  $ pressrun promote postcards --picked --image-size 4K`,
  notes: `Picks are kept in the stage: everyone who uses it sees them, in the dashboard
too.`,
};

const PICK_COLUMNS = ['row', 'variant', 'name', 'file', 'by', 'at'] as const;

type Picked = Readonly<Record<'name' | 'by' | 'at', string>> & {
  readonly row: number;
  readonly variant: number;
};

function textOf(picks: readonly Picked[]): string {
  if (picks.length === 0) return 'nothing is picked yet: pick in `pressrun dashboard`, or with --add';
  const rows = picks.map(({ row, variant, name, by, at }) => [
    `${row}/${variant}`,
    name,
    by,
    at.slice(0, 16).replace('T', ' '),
  ]);
  return textTable(['row', 'name', 'picked by', 'at (UTC)'], rows);
}

async function change(
  effects: Effects,
  batch: Parameters<typeof writeMarks>[1],
  text: string | undefined,
  mark: MarkValue | null,
): Promise<void> {
  if (text === undefined) return;
  const flag = mark === null ? '--remove' : '--add';
  const picks = parsePicks(text);
  if (picks === undefined)
    throw new UsageError(`${flag}: expected rows such as 3,7,12 or 3/2, got "${text}"`);
  const changes = picks.map(({ row, variant = 1 }) => ({ row, variant, mark }));
  for (const { row, variant } of changes) {
    if ((await readItem(effects.table, { batch, row, variant })) !== undefined) continue;
    throw new UsageError(`${flag}: ${batch} has no row ${row}/${variant}`);
  }
  await writeMarks(effects, batch, changes, userName());
}
