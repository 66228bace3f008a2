import type { Command } from 'commander';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { isoTime } from '../../../shared/pipeline/money/attempt.ts';
import { pauseBatch } from '../../../shared/pipeline/money/batch-pauses.ts';
import { pauseAll } from '../../../shared/pipeline/rate/provider-pauses.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { resumeHint } from '../../text/summary.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun pause [BATCH]` */
export function definePause(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...SIMULATE)
    .action(
      act(async (context, batch: string | undefined, options: StageOptions) => {
        const config = await readOnlyConfig(context.out, options);
        return await withStage(config, 'look', {}, async ({ runtime }) =>
          batch === undefined
            ? await pauseEverything(context, runtime.effects, config.stage)
            : await pauseOne(context, runtime.effects, config.stage, batch),
        );
      }),
    );
}

const HELP = {
  examples: `  $ pressrun pause latest
  $ pressrun pause --stage studio          the whole stage
  $ pressrun resume --stage studio`,
  notes: `Within 5 seconds, no worker starts another call. Calls in progress finish and
are charged. With a batch, only that batch pauses.

Exit codes: 0 paused, or was before · 1 no such batch, or it has finished.`,
};

async function pauseOne(
  { out }: CommandContext,
  effects: Effects,
  stage: string,
  text: string,
): Promise<ExitCode> {
  const batch = await batchToChange(effects, text);
  const state = (await readBatch(effects.table, batch))?.state;
  if (state !== 'ingesting' && state !== 'running') {
    throw new UsageError(`${batch} has already finished (${state}); nothing to pause`);
  }
  const hint = resumeHint(stage, batch);
  const isNew = await pauseBatch(effects, batch, { by: 'person', ...wordsOf(effects, hint) });
  out.result(`${batch} ${isNew ? 'is' : 'was already'} paused; to resume: ${hint}`, { batch, isNew });
  return EXIT.ok;
}

async function pauseEverything({ out }: CommandContext, effects: Effects, stage: string): Promise<ExitCode> {
  const hint = resumeHint(stage);
  const isNew = await pauseAll(effects, wordsOf(effects, hint));
  out.result(`stage ${stage} ${isNew ? 'is' : 'was already'} paused; to resume: ${hint}`, { stage, isNew });
  return EXIT.ok;
}

function wordsOf({ clock }: Effects, hint: string) {
  return { message: 'paused by hand', hint, since: isoTime(clock.now()) };
}
