import type { Command } from 'commander';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { isoTime } from '../../../shared/pipeline/money/attempt.ts';
import { pauseBatch } from '../../../shared/pipeline/money/batch-pauses.ts';
import { pauseAll } from '../../../shared/pipeline/rate/provider-pauses.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { stageFlag } from '../../text/resume-hint.ts';
import { UsageError } from '../../usage-error.ts';

/** `pressrun pause [BATCH]`: no call is begun any more, until `pressrun resume`. */
export function definePause(command: Command, act: Act): void {
  command
    .option(...SIMULATE)
    .addHelpText('after', HELP)
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

const HELP = `
Within 5 seconds no call is begun any more, in any worker; calls under way end and are booked. Nothing is lost, and no
item uses up an attempt. A batch that is paused waits alone; without a batch, all of the stage waits.

Examples:
  $ pressrun pause postcards-ff7625fff6f2-e180da8c91
  $ pressrun pause --stage studio                    everything
  $ pressrun resume --stage studio                   and on again

Exit codes: 0 paused (also where it was before) · 1 there is no such batch, or it is over.`;

async function pauseOne(
  { out }: CommandContext,
  effects: Effects,
  stage: string,
  text: string,
): Promise<ExitCode> {
  const batch = await batchToChange(effects, text);
  const state = (await readBatch(effects.table, batch))?.state;
  if (state !== 'ingesting' && state !== 'running') {
    throw new UsageError(`${batch} is over (${state}): there is nothing to pause`);
  }
  const hint = `\`pressrun resume ${batch}${stageFlag(stage)}\``;
  const isNew = await pauseBatch(effects, batch, { by: 'person', ...wordsOf(effects, hint) });
  out.result(`${batch} ${isNew ? 'is' : 'was already'} paused; to go on: ${hint}`, { batch, isNew });
  return EXIT.ok;
}

async function pauseEverything({ out }: CommandContext, effects: Effects, stage: string): Promise<ExitCode> {
  const hint = `\`pressrun resume${stageFlag(stage)}\``;
  const isNew = await pauseAll(effects, wordsOf(effects, hint));
  out.result(`stage ${stage} ${isNew ? 'is' : 'was already'} paused; to go on: ${hint}`, { stage, isNew });
  return EXIT.ok;
}

function wordsOf({ clock }: Effects, hint: string) {
  return { message: 'a person asked for it', hint, since: isoTime(clock.now()) };
}
