import type { Command } from 'commander';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import { cancelBatch } from '../../../shared/pipeline/life/cancel-batch.ts';
import { readProgress } from '../../../shared/pipeline/rows/progress-row.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun cancel BATCH` */
export function defineCancel(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...SIMULATE)
    .action(
      act(async ({ out }, text: string, options: StageOptions) => {
        return await withStage(await readOnlyConfig(out, options), 'look', {}, async ({ runtime }) => {
          const { effects } = runtime;
          const batch = await batchToChange(effects, text);
          const result = await cancelBatch(effects, batch);
          if (result === undefined) throw new Error(`${batch} was there a moment ago`);
          if (result.kind === 'over') {
            throw new UsageError(`${batch} has already finished (${result.state}); nothing to cancel`);
          }
          const { state } = (await readBatch(effects.table, batch)) ?? {};
          const { done, cancelled } = await readProgress(effects.table, batch);
          const rest = state === 'complete' ? '' : '; calls in progress will finish and be charged';
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

const HELP = {
  examples: `  $ pressrun cancel latest
  $ pressrun retry latest --only cancelled     generate them after all`,
  notes: `Within 5 seconds, no worker starts another call. Calls in progress finish and
are charged; finished images stay. The other items become \`cancelled\`.

Exit codes: 0 cancelled · 1 no such batch, or it has finished.`,
};
