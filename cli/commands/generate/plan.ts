import type { Command } from 'commander';
import type { BatchOptions } from '../../../shared/domain/batch/batch.ts';
import { DEFAULT_PROMPT_PREFIX, findModel } from '../../../shared/domain/calls/models.ts';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import { type Plan, planFile } from '../../../shared/pipeline/plan/plan.ts';
import { planJson } from '../../../shared/pipeline/plan/plan-json.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { openPromptFile } from '../../files/prompt-file.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../../flags/batch-flags.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { endingAtOnce } from '../../stage/interrupts.ts';
import { printPriceSource, type StageOptions, stageConfigOf } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { printNotes } from '../../text/file-notes.ts';
import { planText } from '../../text/plan-text.ts';
import { UsageError } from '../../usage-error.ts';

interface PlanOptions extends StageOptions, BatchFlags {}

/** `pressrun plan FILE` */
export function definePlan(command: Command, act: Act): void {
  addBatchFlags(addHelp(command, HELP).option(...SIMULATE)).action(
    act(async ({ out, interrupted }, path: string, options: PlanOptions) => {
      const config = await stageConfigOf(options);
      printPriceSource(out, config);
      const batchOptions = batchOptionsOf(options, config);
      const file = await openPromptFile(path, batchOptions, options);
      printNotes(out, file);
      if (!out.json) out.say(prefixText(batchOptions, config));
      const planned = await endingAtOnce(interrupted, () =>
        withStage(config, 'look', {}, ({ runtime }) =>
          planFile(runtime.effects, file, batchOptions, config.itemsAtOnce),
        ),
      );
      if (planned.kind === 'problem') throw new UsageError(`${path}: ${planned.message}`);
      for (const line of [...rejectedText(planned.plan), ...changedText(planned.plan)]) out.say(line);
      out.result(planText(planned.plan, creditRate(config)), planJson(planned.plan));
      return planned.plan.rejected.length === 0 ? EXIT.ok : EXIT.incomplete;
    }),
  );
}

const HELP = {
  examples: `  $ pressrun plan prompts.csv
  $ pressrun plan prompts.csv --image-size 4K --budget 5000
  $ pressrun plan prompts.csv --json
  $ pressrun run prompts.csv --approve-above 1000     ask if it may be more`,
  notes: `low: one call for each item, with the least text. expected: the measured average
of this stage for the same model and size, retries included, once there are 20;
before that, the price list. high: the maximum of each first call, which is what
budgets reserve. A price that isn't known is "unknown", never 0.

Exit codes: 0 · 1 the file can't be read · 2 some rows would be rejected.`,
};

/** The prefix is sent and paid for, too. */
function prefixText({ settings }: BatchOptions, { models }: Pick<Config, 'models'>): string {
  const prefix =
    settings.promptPrefix ?? findModel(models, settings.model)?.promptPrefix ?? DEFAULT_PROMPT_PREFIX;
  return prefix === ''
    ? 'prefix   none: prompts are sent as they stand'
    : `prefix   "${prefix}" goes before each prompt that edits no reference (--prompt-prefix none turns it off)`;
}

const MOST_TOLD = 10;

function rejectedText({ rejected }: Plan): string[] {
  const shown = rejected.slice(0, MOST_TOLD).map(({ line, column, reason }) => {
    return `  line ${line}${column === undefined ? '' : `, ${column}`}: ${reason}`;
  });
  const more = rejected.length - shown.length;
  return rejected.length === 0 ? [] : ['rejected:', ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

/** Differences to the file's newest earlier batch, by `id`. */
function changedText({ changed, gone }: Plan): string[] {
  const alike = Map.groupBy(changed, ({ id, columns }) => {
    return `  ${id}: ${columns.length === 0 ? 'no image in the store' : columns.join(', ')}`;
  });
  const lines = [...alike].map(([line, { length }]) => (length === 1 ? line : `${line} (${length} images)`));
  const shown = lines.slice(0, MOST_TOLD);
  const more = lines.length - shown.length;
  return [
    ...(changed.length === 0 ? [] : ['changed:', ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])]),
    ...(gone.length === 0
      ? []
      : [`removed: ${gone.slice(0, MOST_TOLD).join(', ')}${gone.length > MOST_TOLD ? ', …' : ''}`]),
  ];
}
