import type { Command } from 'commander';
import {
  isPicked,
  type Pick,
  type Promotion,
  parsePicks,
  promotedLine,
} from '../../../shared/domain/batch/promotion.ts';
import { parseBatchId } from '../../../shared/domain/ids.ts';
import { type Item, imageOf } from '../../../shared/domain/item/item.ts';
import { itemsOf } from '../../../shared/pipeline/batch/batch-items.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { memoryFile } from '../../../shared/pipeline/ingest/memory-file.ts';
import type { PromptFile } from '../../../shared/pipeline/ingest/submit.ts';
import type { Act } from '../../command.ts';
import { addSettingFlags } from '../../flags/batch-flags.ts';
import { addSimulatorFlags } from '../../flags/simulator-flags.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';
import { type RunOptions, runWith } from './run.ts';

interface PromoteOptions extends RunOptions {
  readonly pick: string;
  readonly fromDraft?: boolean;
}

/** `pressrun promote BATCH --pick 3,7`: a new batch of chosen rows of an earlier one, with other settings. */
export function definePromote(command: Command, act: Act): void {
  command
    .requiredOption('--pick <rows>', 'rows of the batch, such as 3,7,12; 3/2 is the second variant of row 3')
    .option('--from-draft', 'send the earlier image along as a reference')
    .option('--out <folder>', 'where the images appear (default: out/<batch>)');
  addSimulatorFlags(addSettingFlags(command))
    .addHelpText('after', HELP)
    .action(
      act(async (context, batch: string, options: PromoteOptions) => {
        const picks = parsePicks(options.pick);
        if (picks === undefined) {
          throw new UsageError(`--pick: "${options.pick}" is no list of rows: write 3,7,12 or 3/2`);
        }
        return await runWith(context, options, async (config, { settings }) => {
          const promotion = { given: givenBy(options, settings), fromDraft: options.fromDraft === true };
          return await withStage(config, 'look', {}, ({ runtime }) =>
            promotedFile(runtime.effects, batch, picks, promotion),
          );
        });
      }),
    );
}

const HELP = `
Proofs are cheap and only winners cost the full price: each picked image becomes a row of a new batch, with its prompt,
tags and columns, its settings under those that are given here. The same command again finds the same batch.

Examples:
  $ pressrun promote postcards-ff7625fff6f2-e180da8c91 --pick 3,7,12 --model gemini-3-pro-image-preview --image-size 4K
  $ pressrun promote postcards-ff7625fff6f2-e180da8c91 --pick 3/2 --from-draft --image-size 4K --simulate`;

/** The settings that were given by flags, without those that stand for what was not given. */
function givenBy(options: PromoteOptions, settings: Promotion['given']): Promotion['given'] {
  const { model, ...others } = settings;
  return options.model === undefined || model === undefined ? others : { ...others, model };
}

async function promotedFile(
  { table }: Effects,
  batch: string,
  picks: readonly Pick[],
  promotion: Promotion,
): Promise<PromptFile> {
  const id = parseBatchId(batch);
  const items: Item[] = [];
  if (id !== undefined) {
    for await (const item of itemsOf(table, id)) if (isPicked(item, picks)) items.push(item);
  }
  for (const { row, variant } of picks) {
    if (items.some((item) => isPicked(item, [{ row, ...(variant !== undefined && { variant }) }]))) continue;
    throw new UsageError(
      `${batch} has no row ${variant === undefined ? row : `${row}/${variant}`}: see its manifest`,
    );
  }
  const undone = promotion.fromDraft ? items.find((item) => imageOf(item) === undefined) : undefined;
  if (undone !== undefined) throw new UsageError(`row ${undone.row} of ${batch} has no image to send along`);
  const text = items.map((item) => `${promotedLine(item, promotion)}\n`).join('');
  const name = `${batch.replace(/-[0-9a-f]{12}-[0-9a-f]{10}$/, '')}-promoted.jsonl`;
  return memoryFile(name, 'application/x-ndjson', text);
}
