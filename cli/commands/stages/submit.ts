import type { Command } from 'commander';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { openPromptFile } from '../../files/prompt-file.ts';
import { submitBatch } from '../../files/submit-batch.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../../flags/batch-flags.ts';
import { addHelp, GROUP } from '../../flags/help.ts';
import { requireModel } from '../../flags/require-model.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { APPROVAL_FLAG, parseApproval, refusalOf } from '../../stage/approval.ts';
import { configOf, type StageOptions, sayIfResting, stageConfigOf } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { printNotes } from '../../text/file-notes.ts';
import { stageAndHomeFlags } from '../../text/hints.ts';
import { CREATE, createStage, refuseCreationOnAws } from './create-stage.ts';

interface SubmitOptions extends StageOptions, BatchFlags {
  readonly create?: boolean;
  readonly approveAbove?: string;
}

/** `pressrun submit FILE` */
export function defineSubmit(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...CREATE)
    .option(...SIMULATE)
    .optionsGroup(GROUP.cost)
    .option(...APPROVAL_FLAG);
  addBatchFlags(command).action(
    act(async (context, path: string, options: SubmitOptions) => {
      const { out } = context;
      if (options.create) refuseCreationOnAws(configOf(options));
      const config = await stageConfigOf(options);
      const batchOptions = batchOptionsOf(options, config);
      const approvedMicro = parseApproval(options.approveAbove, config);
      const file = await openPromptFile(path, batchOptions, options);
      if (options.create) await createStage(config);
      return await withStage(config, 'look', {}, async ({ runtime, mayChange }) => {
        requireModel(runtime.effects, batchOptions);
        printNotes(out, file);
        const ask = { file, options: batchOptions, callsAtOnce: config.itemsAtOnce };
        const refusal = await refusalOf(runtime.effects, ask, approvedMicro, context);
        if (refusal !== undefined) return refusal;
        const { batch, isNew } = await submitBatch(runtime.effects, file, batchOptions, {
          regeneratesMissing: false,
          say: (line) => out.say(line),
        });
        if (!isNew) out.say('this file was submitted with these options before: it is the same batch');
        for (const line of nextLines(batch, config.stage, mayChange, context)) out.say(line);
        sayIfResting(out, config);
        out.result(batch, { batch });
        return EXIT.ok;
      });
    }),
  );
}

/** How to follow the batch, and which workers generate it. */
function nextLines(
  batch: string,
  stage: string,
  isWorkedOn: boolean,
  { out, argv }: CommandContext,
): string[] {
  if (out.json) return [];
  const flags = stageAndHomeFlags(stage, argv);
  const follow = `To follow it: \`pressrun status ${batch} --watch${flags}\``;
  if (!isEmbedded(stage) || isWorkedOn) return [follow];
  return [follow, `No worker is running. Start one: \`pressrun worker --until-idle${flags}\``];
}

const HELP = {
  examples: `  $ pressrun submit prompts.csv && pressrun worker --until-idle
  $ pressrun submit prompts.csv --stage studio --tags "campaign=spring"
  $ pressrun status latest --stage studio --watch`,
  notes: `Only uploads: the workers of a deployed stage start at once. On this machine,
\`pressrun worker\`, or \`pressrun run\` of the same file, generates the images.

Environment for deployed stages: the AWS variables (AWS_PROFILE, AWS_REGION, …);
AWS_ENDPOINT_URL for compatible servers.`,
};
