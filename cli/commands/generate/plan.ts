import type { Command } from 'commander';
import { type Plan, planFile } from '../../../shared/pipeline/plan/plan.ts';
import type { Act } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { openPromptFile } from '../../files/prompt-file.ts';
import { addBatchFlags, type BatchFlags, batchOptionsOf } from '../../flags/batch-flags.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { endingAtOnce } from '../../stage/interrupts.ts';
import { configOf, type StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { planText } from '../../text/plan-text.ts';
import { UsageError } from '../../usage-error.ts';

interface PlanOptions extends StageOptions, BatchFlags {}

/** `pressrun plan FILE`: what `run` would make, and what it would cost; nothing is spent. */
export function definePlan(command: Command, act: Act): void {
  command.option(...SIMULATE);
  addBatchFlags(command)
    .addHelpText('after', HELP)
    .action(
      act(async ({ out, interrupted }, path: string, options: PlanOptions) => {
        const config = configOf(options);
        const batchOptions = batchOptionsOf(options, config);
        const file = await openPromptFile(path, batchOptions, options.format);
        const planned = await endingAtOnce(interrupted, () =>
          withStage(config, 'look', {}, ({ runtime }) =>
            planFile(runtime.effects, file, batchOptions, config.itemsAtOnce),
          ),
        );
        if (planned.kind === 'problem') throw new UsageError(`${path}: ${planned.message}`);
        for (const line of [...rejectedText(planned.plan), ...changedText(planned.plan)]) out.say(line);
        out.result(planText(planned.plan), planJson(planned.plan));
        return planned.plan.rejected.length === 0 ? EXIT.ok : EXIT.incomplete;
      }),
    );
}

const HELP = `
low: each item costs one call with the least text. expected: what items of the same model and size came to in this
stage, failed tries included, once 20 of them are measured; before that, the price list. high: the most that each first
call can cost, which is what budgets must hold. What nobody knows is "unknown", never 0.

Examples:
  $ pressrun plan prompts.csv
  $ pressrun plan prompts.csv --model gemini-3-pro-image-preview --image-size 4K --budget 5000
  $ pressrun plan prompts.csv --json
  $ pressrun run prompts.csv --approve-above 1000     asks first, where more than that is expected

Exit codes: 0 · 1 the file cannot be read · 2 some rows would be rejected.`;

const MOST_TOLD = 10;

function rejectedText({ rejected }: Plan): string[] {
  const shown = rejected.slice(0, MOST_TOLD).map(({ line, column, reason }) => {
    return `  line ${line}${column === undefined ? '' : `, ${column}`}: ${reason}`;
  });
  const more = rejected.length - shown.length;
  return rejected.length === 0 ? [] : ['rejected:', ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])];
}

/** What is not as it was in the newest earlier batch of the file, by the caller's own keys. */
function changedText({ changed, gone }: Plan): string[] {
  const shown = changed.slice(0, MOST_TOLD).map(({ id, columns }) => {
    return `  ${id}: ${columns.length === 0 ? 'its image is gone' : columns.join(', ')}`;
  });
  const more = changed.length - shown.length;
  return [
    ...(changed.length === 0 ? [] : ['changed:', ...shown, ...(more > 0 ? [`  … and ${more} more`] : [])]),
    ...(gone.length === 0
      ? []
      : [`gone: ${gone.slice(0, MOST_TOLD).join(', ')}${gone.length > MOST_TOLD ? ', …' : ''}`]),
  ];
}

/** The batch part has the fields that `run` ends with; unknown figures are null. */
function planJson(plan: Plan) {
  const { items, changed, gone, rejected, credits, models, seconds, callsAtOnce, limits, budgets } = plan;
  return {
    batch: null,
    state: 'planned',
    items: { done: 0, reused: items.reused, failed: 0, cancelled: 0, pending: items.new + items.changed },
    rejected: rejected.length,
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    images: [],
    failures: [],
    credits: nulled(credits),
    models: models.map(nulled),
    seconds: seconds ?? null,
    callsAtOnce,
    limits,
    budgets: budgets.map(nulled),
    changed,
    gone,
    rejectedLines: rejected,
  };
}

function nulled<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
}
