import { usdPerCreditOf } from '../../../shared/domain/configuration/credit-rate.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { itemsReadOnce } from '../../../shared/pipeline/batch/batch-items.ts';
import {
  type BatchResult,
  type BatchStatus,
  batchResult,
} from '../../../shared/pipeline/finish/batch-status.ts';
import type { CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { copyBatch, type OutFolder } from '../../files/out-folder.ts';
import type { LocalWork } from '../../stage/local-work.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import type { RunSimulator } from '../../stage/run-simulator.ts';
import { isEmbedded } from '../../stage-names.ts';
import { batchSummaryText, colorOf, commandLine } from '../../text/batch-summary.ts';
import { stageAndHomeFlags } from '../../text/hints.ts';
import { rejectedLinesText } from '../../text/rejected-lines.ts';
import {
  exitCodeOf,
  failureLines,
  noticeLines,
  pauseLines,
  RUN_AGAIN,
  resultJson,
  resumeHint,
} from '../../text/summary.ts';

interface EndedRun {
  readonly stage: string;
  readonly batch: BatchId;
  readonly folder: OutFolder;
  readonly before: BatchStatus | undefined;
  readonly simulated: RunSimulator | undefined;
  readonly work: LocalWork | undefined;
  /** By `performance.now`, which no clock change affects. */
  readonly startedMs: number;
}

/** Copies missing images, prints the summary, and returns the exit code. */
export async function reportRun(context: CommandContext, stage: OpenStage, run: EndedRun): Promise<ExitCode> {
  const { out, interrupted } = context;
  const { effects } = stage.runtime;
  const { batch, folder, simulated, work } = run;
  const items = itemsReadOnce(effects.table, batch);
  const gone = await copyBatch(effects, batch, folder, items);
  const result = await batchResult(effects, batch, folder.pathOf, items());
  if (result === undefined) return EXIT.interrupted;
  await printResult(context, stage, run, result);
  for (const line of goneLines(gone)) out.say(line);
  if (simulated !== undefined && work?.hasWorked()) out.say(simulated.summary(run.before, result));
  if (gone.length > 0 && exitCodeOf(result) === EXIT.ok) return EXIT.incomplete;
  if (!interrupted.aborted || result.state === 'complete') return exitCodeOf(result);
  return EXIT.interrupted;
}

async function printResult(
  { out, argv }: CommandContext,
  { runtime: { effects } }: OpenStage,
  { stage, folder, work, startedMs }: EndedRun,
  result: BatchResult,
): Promise<void> {
  const then = isEmbedded(stage) ? RUN_AGAIN : resumeHint(stage);
  for (const line of await rejectedLinesText(effects.table, result)) out.say(line);
  for (const line of [...failureLines(result), ...noticeLines(result)]) out.say(line);
  for (const line of pauseLines(result, stage, then)) out.say(line);
  const text = batchSummaryText(result, {
    usdPerCredit: usdPerCreditOf(effects),
    flags: stageAndHomeFlags(stage, argv),
    folder: folder.path,
    tookMs: performance.now() - startedMs,
    // Elsewhere, the stage's workers continue.
    isWorkedOn: work === undefined,
    failures: result.failures,
    command: commandLine(argv.filter((word) => word !== '--json' && word !== '--debug')),
  });
  out.result(text, resultJson(result), colorOf(result));
}

const MOST_GONE = 5;

/** Images deleted during the run: the next run regenerates them. */
function goneLines(gone: readonly string[]): string[] {
  if (gone.length === 0) return [];
  const more = gone.length > MOST_GONE ? `, … (${gone.length} in all)` : '';
  return [
    `gone from the store, so not copied: ${gone.slice(0, MOST_GONE).join(', ')}${more}; ` +
      'run the same command again to generate them again',
  ];
}
