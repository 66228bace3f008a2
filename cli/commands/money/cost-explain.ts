import type { Command } from 'commander';
import { explainRow } from '../../../shared/pipeline/money/explain-cost.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';
import { explainText } from './explain-text.ts';

/** `pressrun cost explain BATCH ROW`: from tokens to credits, so that you can check it with a calculator. */
export function defineExplain(cost: Command, act: Act): void {
  cost
    .command('explain')
    .description('how one row came to its cost: usage, split, price, attempts')
    .argument('<batch>', 'its id, the beginning of it, or latest')
    .argument('<row>', 'number of the row in the file, from 1, the header not counted')
    .option(...SIMULATE)
    .addHelpText('after', HELP)
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
          const images = items.map(({ item, attempts, earlierMicro }) => ({
            variant: item.variant,
            state: item.state.kind,
            creditsMicro: item.creditsMicro,
            creditsMaxUnknownMicro: item.creditsMaxUnknownMicro,
            earlierMicro,
            attempts,
          }));
          out.result(explainText(items), { batch, row, images });
          return EXIT.ok;
        });
      }),
    );
}

const HELP = `
Examples:
  $ pressrun cost explain latest 12
  $ pressrun cost explain postcards-ff7625fff6f2-e180da8c91 3 --json`;
