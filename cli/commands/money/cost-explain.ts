import type { Command } from 'commander';
import { explainRow, explanationOf } from '../../../shared/pipeline/money/explain-cost.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';
import { explainText } from './explain-text.ts';

/** `pressrun cost explain BATCH ROW`: from tokens to credits, so that you can check it with a calculator. */
export function defineExplain(cost: Command, act: Act): void {
  const explain = cost
    .command('explain')
    .description('Show how one row came to its cost: usage, split, price, attempts');
  addHelp(explain, HELP)
    .argument('<batch>', 'Batch id, a unique part of it, or latest')
    .argument('<row>', 'Number of the row, from 1, without the header')
    .option(...SIMULATE)
    .action(
      act(async ({ out }, batchText: string, rowText: string, options: StageOptions) => {
        const row = /^[1-9]\d{0,8}$/.test(rowText) ? Number(rowText) : undefined;
        if (row === undefined) throw new UsageError(`"${rowText}" is no row: give its number, such as 12`);
        const config = await readOnlyConfig(out, options);
        return await withStage(config, 'look', {}, async ({ runtime: { effects } }) => {
          const batch = await chosenBatch(effects, batchText);
          const items = await explainRow(effects, batch, row);
          if (items.length === 0) {
            throw new UsageError(
              `${batch} has no row ${row}, or it was rejected: \`pressrun status ${batch}\``,
            );
          }
          out.result(explainText(items), explanationOf(batch, row, items));
          return EXIT.ok;
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun cost explain latest 12
  $ pressrun cost explain postcards 3 --json`,
};
