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
import { openStage } from '../open-stage.ts';
import { createProgressBar } from '../progress-bar.ts';
import type { StageOptions } from '../stages.ts';
import { exitCodeOf, failureLines, pauseLines, summaryOf } from '../summary.ts';
import { textTable } from '../text-table.ts';
import { UsageError } from '../usage-error.ts';

interface StatusOptions extends StageOptions {
  readonly watch?: boolean;
}

const NEWEST = 20;

/** `pressrun status [BATCH]`: the newest batches, or one with all that is known of it. */
export function addStatus(program: Command, act: Act): void {
  program
    .command('status')
    .description('how far batches are: the newest ones, or one')
    .argument('[batch]', 'id of a batch')
    .option('--watch', 'follow the batch (or the newest one) until it is over')
    .option('--simulate', 'look at the simulated local stage')
    .action(
      act(async (context, batch: string | undefined, options: StatusOptions) => {
        const stage = await openStage(await lookingConfig(context.out, options), 'look');
        try {
          const { effects } = stage.runtime;
          if (options.watch) return await watchBatch(context, effects, await chosenBatch(effects, batch));
          if (batch === undefined) return await listBatches(context, effects);
          return await showBatch(context, effects, await chosenBatch(effects, batch));
        } finally {
          await stage.close();
        }
      }),
    );
}

async function listBatches({ out }: CommandContext, effects: Effects): Promise<ExitCode> {
  const statuses: BatchStatus[] = [];
  for await (const id of newestBatches(effects.table, NEWEST)) {
    const status = await batchStatus(effects, id);
    if (status !== undefined) statuses.push(status);
  }
  const rows = statuses.map(({ batch, state, items, rejected, creditsMicro }) => {
    return [
      batch,
      state,
      items.done + items.reused,
      items.failed,
      items.pending,
      rejected,
      formatCredits(creditsMicro),
    ];
  });
  const header = ['batch', 'state', 'done', 'failed', 'pending', 'rejected', 'credits'];
  out.result(rows.length === 0 ? 'no batches yet' : textTable(header, rows), { batches: statuses });
  return EXIT.ok;
}

async function showBatch({ out }: CommandContext, effects: Effects, id: BatchId): Promise<ExitCode> {
  const result = await batchResult(effects, id);
  if (result === undefined) throw notFound(id);
  for (const line of [...failureLines(result), ...pauseLines(result)]) out.say(line);
  const { pauses: _, ...json } = result;
  out.result(summaryOf(result), json);
  return EXIT.ok;
}

async function watchBatch(
  { out, interrupted }: CommandContext,
  effects: Effects,
  id: BatchId,
): Promise<ExitCode> {
  const bar = out.json ? undefined : createProgressBar(process.stderr, effects.clock.now);
  const last = await follow(effects, id, interrupted, (status) => {
    bar?.show(status);
    if (out.json) out.result('', status);
  });
  bar?.stop();
  if (last === undefined) throw notFound(id);
  for (const line of pauseLines(last)) out.say(line);
  if (!out.json) out.result(summaryOf(last), last);
  return exitCodeOf(last);
}

async function chosenBatch(effects: Effects, text: string | undefined): Promise<BatchId> {
  if (text === undefined) {
    for await (const newest of newestBatches(effects.table, 1)) return newest;
    throw new UsageError('there is no batch yet: submit a file first');
  }
  const id = parseBatchId(text);
  if (id === undefined || (await batchStatus(effects, id)) === undefined) throw notFound(text);
  return id;
}

function notFound(batch: string): UsageError {
  return new UsageError(
    `there is no batch ${batch} in this stage: \`pressrun status\` lists those there are`,
  );
}
