import type { Command } from 'commander';
import type { BatchId } from '../../shared/domain/ids.ts';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { formatCredits } from '../../shared/domain/money.ts';
import { type BatchStatus, batchResult, batchStatus } from '../../shared/pipeline/batch-status.ts';
import { newestBatches } from '../../shared/pipeline/batches.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import type { Act, CommandContext } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { follow } from '../follow.ts';
import { lookingConfig } from '../looking-config.ts';
import type { OpenStage } from '../open-stage.ts';
import { createProgressBar } from '../progress-bar.ts';
import { rejectedLines } from '../rejected-lines.ts';
import type { StageOptions } from '../stages.ts';
import { exitCodeOf, failureLines, pauseLines, resultJson, summaryOf } from '../summary.ts';
import { textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';
import { waitingUpload } from '../waiting-upload.ts';
import { withStage } from '../with-stage.ts';

interface StatusOptions extends StageOptions {
  readonly watch?: boolean;
}

const NEWEST = 20;

/** `pressrun status [BATCH]`: the newest batches, or one with all that is known of it. */
export function defineStatus(command: Command, act: Act): void {
  command
    .option('--watch', 'follow the batch (default: the newest) until it is over')
    .option('--simulate', 'look at simulated runs (default where nothing was run for real)')
    .addHelpText('after', HELP)
    .action(
      act(async (context, batch: string | undefined, options: StatusOptions) => {
        return await withStage(await lookingConfig(context.out, options), 'look', {}, async (stage) => {
          const { effects } = stage.runtime;
          if (options.watch) return await watchBatch(context, stage, await chosenBatch(effects, batch));
          if (batch === undefined) return await listBatches(context, effects);
          return await showBatch(context, effects, await chosenBatch(effects, batch));
        });
      }),
    );
}

const HELP = `
It may be asked at any time, also while \`run\` or \`worker\` is at work.

Examples:
  $ pressrun status
  $ pressrun status postcards-ff7625fff6f2-e180da8c91 --json
  $ pressrun status --watch                the newest batch, until it is over
  $ pressrun status --stage studio         batches of a deployed stage

Exit codes with --watch: as of run, by how the batch ended; without it: 0.`;

async function listBatches({ out }: CommandContext, effects: Effects): Promise<ExitCode> {
  const statuses: BatchStatus[] = [];
  for await (const id of newestBatches(effects.table, NEWEST)) {
    const status = await batchStatus(effects, id);
    if (status !== undefined) statuses.push(status);
  }
  const rows = statuses.map(({ batch, state, items, rejected, creditsMicro }) => {
    const { done, reused, failed, pending } = items;
    return [batch, state, done + reused, failed, pending, rejected, formatCredits(creditsMicro)];
  });
  const header = ['batch', 'state', 'done', 'failed', 'pending', 'rejected', 'credits'];
  const text = rows.length === 0 ? 'no batches yet: `pressrun run FILE` makes one' : textTable(header, rows);
  out.result(text, { batches: statuses.map(resultJson) });
  return EXIT.ok;
}

async function showBatch({ out }: CommandContext, effects: Effects, id: BatchId): Promise<ExitCode> {
  const result = (await batchResult(effects, id)) ?? (await waitingUpload(effects, id));
  if (result === undefined) throw notFound(id);
  for (const line of await rejectedLines(effects.table, result)) out.say(line);
  for (const line of [...failureLines(result), ...pauseLines(result)]) out.say(line);
  out.result(summaryOf(result), resultJson(result));
  return EXIT.ok;
}

/** With `--json`, a line for each change, and last a line with images and failures, as `run` ends with. */
async function watchBatch(
  { out, interrupted }: CommandContext,
  { runtime, mayChange }: OpenStage,
  id: BatchId,
): Promise<ExitCode> {
  const { effects } = runtime;
  const bar = out.json ? undefined : createProgressBar(process.stderr, effects.clock.now);
  let told = '';
  const until = mayChange ? interrupted : AbortSignal.abort();
  await follow(effects, id, until, (status) => {
    bar?.show(status);
    const line = JSON.stringify(resultJson(status));
    if (out.json && line !== told) out.result('', resultJson(status));
    told = line;
  });
  bar?.stop();
  const last = (await batchResult(effects, id)) ?? (await waitingUpload(effects, id));
  if (last === undefined) throw notFound(id);
  for (const line of pauseLines(last)) out.say(line);
  if (!mayChange && exitCodeOf(last) === EXIT.interrupted) {
    out.say('nobody works on it: `pressrun worker`, or `pressrun run` of the same file, goes on with it');
  }
  out.result(summaryOf(last), resultJson(last));
  return exitCodeOf(last);
}

async function chosenBatch(effects: Effects, text: string | undefined): Promise<BatchId> {
  if (text === undefined) {
    for await (const newest of newestBatches(effects.table, 1)) return newest;
    throw new UsageError('there is no batch yet: `pressrun run FILE` makes one');
  }
  const id = parseBatchId(text);
  if (id === undefined) throw notFound(text);
  const found = (await batchStatus(effects, id)) ?? (await waitingUpload(effects, id));
  if (found === undefined) throw notFound(text);
  return id;
}

function notFound(batch: string): UsageError {
  return new UsageError(
    `there is no batch "${batch}" in this stage: \`pressrun status\` lists those there are`,
  );
}
