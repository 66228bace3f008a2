import type { Command } from 'commander';
import { submitFile } from '../../shared/pipeline/submit.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../batch-flags.ts';
import type { Act } from '../command.ts';
import { createStage } from '../create-stage.ts';
import { EXIT } from '../exit-codes.ts';
import { openStage } from '../open-stage.ts';
import { openPromptFile } from '../prompt-file.ts';
import { configOf, type StageOptions } from '../stages.ts';
import { UsageError } from '../usage-error.ts';

interface SubmitOptions extends StageOptions, BatchFlags {
  readonly create?: boolean;
}

/** `pressrun submit FILE`: uploads a file and leaves the work to the stage's workers. */
export function addSubmit(program: Command, act: Act): void {
  const command = program
    .command('submit')
    .description('upload a file of prompts; the workers of the stage make its images')
    .argument('<file>', 'CSV, TSV or JSONL, with a prompt column')
    .option('--create', "make the stage's bucket, queues and table first, on an AWS-compatible server")
    .option('--simulate', 'submit to the simulated local stage');
  addBatchFlags(command).action(
    act(async ({ out }, path: string, options: SubmitOptions) => {
      const config = configOf(options);
      const batchOptions = batchOptionsOf(options);
      const file = await openPromptFile(path, batchOptions);
      if (options.create) await createStage(config);
      const stage = await openStage(config, 'look');
      try {
        const submitted = await submitFile(stage.runtime.effects, file, batchOptions);
        if (submitted.kind === 'problem') throw new UsageError(submitted.message);
        const { batch, isNew } = submitted;
        if (!isNew) out.say('this file was submitted with these options before: it is the same batch');
        out.result(`${batch}\n`, { batch });
        return EXIT.ok;
      } finally {
        await stage.close();
      }
    }),
  );
}
