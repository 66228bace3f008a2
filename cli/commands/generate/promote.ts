import type { Command } from 'commander';
import { type Pick, type Promotion, parsePicks } from '../../../shared/domain/batch/promotion.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { readMarks } from '../../../shared/pipeline/batch/marks.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { promotedFile } from '../../../shared/pipeline/ingest/promoted-file.ts';
import type { Act } from '../../command.ts';
import { addSettingFlags } from '../../flags/batch-flags.ts';
import { addHelp, GROUP } from '../../flags/help.ts';
import { OUT } from '../../flags/output-flags.ts';
import { addSimulatorFlags } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';
import { type RunOptions, runWith } from './run.ts';

interface PromoteOptions extends RunOptions {
  readonly pick?: string;
  readonly picked?: boolean;
  readonly fromDraft?: boolean;
}

/** `pressrun promote BATCH --pick 3,7` */
export function definePromote(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--pick <rows>', 'Rows such as 3,7,12; 3/2 is variant 2 of row 3')
    .option('--picked', 'The images that were picked in the dashboard')
    .option('--from-draft', 'Send the earlier image as a reference')
    .optionsGroup(GROUP.output)
    .option(...OUT);
  addSimulatorFlags(addSettingFlags(command)).action(
    act(async (context, text: string, options: PromoteOptions) => {
      if (options.pick !== undefined && options.picked)
        throw new UsageError('--pick and --picked: give one of them');
      return await runWith(context, options, async (config, { settings }) => {
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const batch = await chosenBatch(effects, text);
          const picks = await picksOf(effects, batch, options);
          const promotion = { given: givenBy(options, settings), fromDraft: options.fromDraft === true };
          const promoted = await promotedFile(effects, batch, picks, promotion);
          if (promoted.kind === 'problem') throw new UsageError(promoted.message);
          return promoted.file;
        });
      });
    }),
  );
}

const HELP = {
  examples: `  $ pressrun promote latest --pick 3,7,12 --image-size 4K
  $ pressrun promote latest --picked --model gemini-3-pro-image-preview
  $ pressrun promote postcards --pick 3/2 --from-draft --image-size 4K`,
  notes: `Each picked image becomes a row of a new batch, with its prompt, tags, columns,
and settings; the options given here take precedence. Draft small, then promote
the winners. The same command again finds the same batch.`,
};

/** The settings given by flags, without defaults. */
function givenBy(options: PromoteOptions, settings: Promotion['given']): Promotion['given'] {
  const { model, ...others } = settings;
  return options.model === undefined || model === undefined ? others : { ...others, model };
}

/** The rows of `--pick`, or the picked images. */
async function picksOf(effects: Effects, batch: BatchId, { pick, picked }: PromoteOptions): Promise<Pick[]> {
  if (pick !== undefined) {
    const picks = parsePicks(pick);
    if (picks !== undefined) return picks;
    throw new UsageError(`--pick: expected rows such as 3,7,12 or 3/2, got "${pick}"`);
  }
  if (!picked)
    throw new UsageError('name rows with --pick, or take those picked in the dashboard with --picked');
  const marks = (await readMarks(effects.table, batch)).filter(({ mark }) => mark === 'picked');
  if (marks.length > 0) return marks.map(({ row, variant }) => ({ row, variant }));
  throw new UsageError(
    `no image of ${batch} is picked. Pick some in \`pressrun dashboard\`, or name rows with --pick`,
  );
}
