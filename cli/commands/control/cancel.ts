import type { Command } from 'commander';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { cancelBatch } from '../../../shared/pipeline/life/cancel-batch.ts';
import { readProgress } from '../../../shared/pipeline/rows/progress-row.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun cancel BATCH`: what is not begun is not made any more. */
export function defineCancel(command: Command, act: Act): void {
  command
    .option(...SIMULATE)
    .addHelpText('after', HELP)
    .action(
      act(async ({ out }, text: string, options: StageOptions) => {
        return await withStage(await readOnlyConfig(out, options), 'look', {}, async ({ runtime }) => {
          const { effects } = runtime;
          const batch = await batchToChange(effects, text);
          const result = await cancelBatch(effects, batch);
          if (result === undefined) throw new Error(`${batch} was there a moment ago`);
          if (result.kind === 'over') {
            throw new UsageError(`${batch} is over (${result.state}): there is nothing to cancel`);
          }
          const { state } = (await readBatch(effects.table, batch)) ?? {};
          const { done, cancelled } = await readProgress(effects.table, batch);
          const rest =
            state === 'complete' ? '' : '; calls under way are booked as they end, and then it is complete';
          out.result(`${batch}: ${cancelled} cancelled, ${done} done stay${rest}`, {
            batch,
            cancelled,
            done,
          });
          return EXIT.ok;
        });
      }),
    );
}

const HELP = `
Within 5 seconds no call is begun any more, in any worker. What is made stays and is in the manifest; calls under way
end and are booked, with their images. Items that were not made are \`cancelled\`, there and in the counts.

Examples:
  $ pressrun cancel postcards-ff7625fff6f2-e180da8c91
  $ pressrun retry postcards-ff7625fff6f2-e180da8c91 --only cancelled     make them after all

Exit codes: 0 cancelled · 1 there is no such batch, or it is over.`;
