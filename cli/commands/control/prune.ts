import type { Command } from 'commander';
import type { Batch } from '../../../shared/domain/batch/batch.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { readBatch } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import { pruneBatches } from '../../../shared/pipeline/life/prune.ts';
import {
  finishedBatches,
  isOver,
  type PrunableBatch,
  surveyPrune,
} from '../../../shared/pipeline/life/prune-survey.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { batchToChange } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { type StageOptions, stageFolder } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { textTable } from '../../text/text-table.ts';
import { askYesNo } from '../../text/yes-no.ts';
import { UsageError } from '../../usage-error.ts';

interface PruneOptions extends StageOptions {
  readonly olderThan?: string;
  readonly yes?: boolean;
}

/** `pressrun prune [BATCH]` */
export function definePrune(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--older-than <age>', 'Only batches that finished that long ago: 30d, 2w, 12h')
    .option('--yes', "Don't ask")
    .option(...SIMULATE)
    .action(
      act(async (context, text: string | undefined, options: PruneOptions) => {
        const ageMs = ageOf(options.olderThan);
        const config = await readOnlyConfig(context.out, options);
        return await withStage(config, 'work', {}, async ({ runtime }) => {
          const { effects } = runtime;
          const survey = await surveyPrune(effects, await chosen(effects, text, ageMs));
          const store = isEmbedded(config.stage) ? stageFolder(config) : config.names.bucket;
          for (const line of surveyLines(survey, store)) context.out.say(line);
          return await pruneWhenAllowed(effects, survey, options.yes === true, context);
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun prune --older-than 30d
  $ pressrun prune postcards
  $ pressrun prune --older-than 12w --yes --json`,
  notes: `Deletes images, manifests, kept responses, and table rows of finished or refused
batches. Charges and budgets stay, so \`cost\` reports the same as before. Images
that other batches reuse stay too. Running a pruned file again pays for its
images again. Files in --out are yours: prune never touches them.

Exit codes: 0 pruned, or nothing to prune · 1 no such batch, or it hasn't
finished · 3 declined, or no terminal to ask on · 130 interrupted: run it again.`,
};

const UNITS_MS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };

function ageOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, number = '', unit = ''] = /^(\d{1,5})([hdw])$/.exec(text.trim()) ?? [];
  const unitMs = UNITS_MS[unit];
  if (unitMs !== undefined) return Number(number) * unitMs;
  throw new UsageError(`--older-than: expected an age such as 30d, 2w or 12h, got "${text}"`);
}

async function chosen(effects: Effects, text: string | undefined, ageMs: number): Promise<Batch[]> {
  const endedBeforeMs = effects.clock.now() - ageMs;
  if (text === undefined) return await finishedBatches(effects, ageMs === 0 ? undefined : endedBeforeMs);
  const batch = await readBatch(effects.table, await batchToChange(effects, text));
  if (batch !== undefined && isOver(batch)) return [batch];
  throw new UsageError(
    `${text} hasn't finished (${batch?.state ?? 'gone'}). Wait for it, or run \`pressrun cancel ${text}\``,
  );
}

const MOST_SHOWN = 20;

function surveyLines(survey: readonly PrunableBatch[], store: string): string[] {
  if (survey.length === 0) return [];
  const rows = survey.slice(0, MOST_SHOWN).map(({ batch, objects, bytes, imagesInUse }) => {
    const ended = (batch.completedAt ?? batch.createdAt).slice(0, 10);
    return [batch.id, ended, batch.items ?? 0, objects, megabytes(bytes), imagesInUse];
  });
  const table = textTable(['batch', 'finished', 'items', 'files', 'MB', 'images kept'], rows);
  const { objects, bytes, imagesInUse } = totalOf(survey);
  const kept = imagesInUse === 0 ? [] : [`Other batches reuse ${imagesInUse} images: these stay.`];
  const count = survey.length === 1 ? '1 batch' : `${survey.length} batches`;
  const frees = `Pruning ${count} deletes ${objects} files and frees ${megabytes(bytes)} MB in ${store}; charges stay.`;
  const more = survey.length > MOST_SHOWN ? [`… and ${survey.length - MOST_SHOWN} more`] : [];
  return [...table.trimEnd().split('\n'), ...more, ...kept, frees];
}

function totalOf(survey: readonly PrunableBatch[]) {
  const sum = (of: (each: PrunableBatch) => number) => survey.reduce((total, each) => total + of(each), 0);
  return {
    objects: sum(({ objects }) => objects),
    bytes: sum(({ bytes }) => bytes),
    imagesInUse: sum(({ imagesInUse }) => imagesInUse),
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

async function pruneWhenAllowed(
  effects: Effects,
  survey: readonly PrunableBatch[],
  isAgreed: boolean,
  context: CommandContext,
): Promise<ExitCode> {
  const { out, interrupted } = context;
  const pruned: BatchId[] = [];
  const refusal = survey.length === 0 || isAgreed ? undefined : await refusalOf(context);
  if (refusal === undefined) {
    const batches = survey.map(({ batch }) => batch);
    await pruneBatches(effects, batches, {
      isStopped: () => interrupted.aborted,
      onPruned: (batch) => void pruned.push(batch),
    });
  }
  out.result(resultText(survey, pruned, refusal), {
    ...totalOf(survey),
    batches: survey.map(({ batch, objects, bytes, imagesInUse }) => {
      return { batch: batch.id, state: batch.state, objects, bytes, imagesInUse };
    }),
    pruned,
  });
  if (refusal !== undefined) return refusal;
  return interrupted.aborted ? EXIT.interrupted : EXIT.ok;
}

/** The exit code if you decline or can't be asked. */
async function refusalOf({ out, interrupted }: CommandContext): Promise<ExitCode | undefined> {
  const terminal = { input: process.stdin, output: process.stderr };
  if (!terminal.input.isTTY || !terminal.output.isTTY) {
    out.say('There is no terminal to ask on. Add --yes to prune.');
    return EXIT.paused;
  }
  const answer = await askYesNo('Delete them? [y/N] ', terminal, interrupted);
  if (answer === 'yes') return undefined;
  return answer === 'no' ? EXIT.paused : EXIT.interrupted;
}

function resultText(
  survey: readonly PrunableBatch[],
  pruned: readonly BatchId[],
  refusal: ExitCode | undefined,
): string {
  if (survey.length === 0) return 'Nothing to prune.';
  if (refusal !== undefined) return 'Nothing was deleted.';
  return `Pruned ${pruned.length} of ${survey.length} batches.`;
}
