import type { Command } from 'commander';
import { openBatches } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { batchStatus } from '../../../shared/pipeline/finish/batch-status.ts';
import { endBatchPause, readBatchPauses } from '../../../shared/pipeline/money/batch-pauses.ts';
import { endPauseAll, endPauses, readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { whoResumes } from '../../text/hints.ts';
import { pauseLines, resumeHint } from '../../text/summary.ts';

/** `pressrun resume [BATCH]`: ends your pauses, and those of failures. */
export function defineResume(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...SIMULATE)
    .action(
      act(async (context, batch: string | undefined, options: StageOptions) => {
        const config = await readOnlyConfig(context.out, options);
        return await withStage(config, 'look', {}, async (stage) =>
          batch === undefined
            ? await resumeStage(context, stage, config)
            : await resumeBatch(context, stage, config, batch),
        );
      }),
    );
}

const HELP = {
  examples: `  $ pressrun resume                        after fixing the key or topping up
  $ pressrun resume --stage studio
  $ pressrun resume latest`,
  notes: `Without a batch, ends what pauses the whole stage: a rejected key, an empty
account, a model's quota, \`pressrun pause\`. A batch that you paused stays
paused; name it to resume it. If the cause isn't fixed, the next call pauses
again. A batch that reached a budget resumes when you raise the budget.

Exit codes: 0 resumed, or wasn't paused · 1 no such batch · 3 something else
still pauses the batch.`,
};

const PATIENCE = 'within 5 minutes';

async function resumeStage({ out }: CommandContext, stage: OpenStage, config: Config): Promise<ExitCode> {
  const { effects } = stage.runtime;
  const models = [...effects.models.keys()];
  const ended = await readPauses(effects, models);
  await endPauses(effects, models);
  await endPauseAll(effects);
  for await (const batch of openBatches(effects.table)) {
    const [pause] = await readBatchPauses(effects.table, batch);
    if (pause !== undefined) out.say(`${batch} stays paused: ${pause.message}; to resume: ${pause.hint}`);
  }
  const told = ended.map(({ model, code }) => (model === '*' ? code : `${code} of ${model}`));
  const text =
    ended.length === 0
      ? `stage ${config.stage} is not paused`
      : `ended: ${told.join(', ')}; ${whoResumes(config.stage, stage, PATIENCE)}`;
  out.result(text, { stage: config.stage, ended: ended.map(({ model, code }) => ({ model, code })) });
  return EXIT.ok;
}

async function resumeBatch(
  { out }: CommandContext,
  stage: OpenStage,
  config: Config,
  text: string,
): Promise<ExitCode> {
  const { effects } = stage.runtime;
  const batch = await batchToChange(effects, text);
  const ended = await endBatchPause(effects.table, batch, 'person');
  const still = await stillPaused(effects, config.stage, batch);
  for (const line of still) out.say(line);
  const resumedBy = still.length > 0 ? 'something else stops it' : whoResumes(config.stage, stage, PATIENCE);
  out.result(
    ended
      ? `${batch}: the pause is ended; ${resumedBy}`
      : `${batch} was not paused by you. To see its progress: \`pressrun status ${batch}\``,
    {
      batch,
      ended,
    },
  );
  return still.length > 0 ? EXIT.paused : EXIT.ok;
}

async function stillPaused(effects: Effects, stage: string, batch: Parameters<typeof batchStatus>[1]) {
  const status = await batchStatus(effects, batch);
  return status === undefined ? [] : pauseLines(status, stage, resumeHint(stage));
}
