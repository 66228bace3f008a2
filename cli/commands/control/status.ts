import type { Command } from 'commander';
import { usdPerCreditOf } from '../../../shared/domain/configuration/credit-rate.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { creditsText, dollarsText } from '../../../shared/domain/money/money-text.ts';
import { newestBatches } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import {
  type BatchResult,
  type BatchStatus,
  batchResult,
  batchStatus,
} from '../../../shared/pipeline/finish/batch-status.ts';
import { notBegun, waitingUpload } from '../../../shared/pipeline/finish/waiting-upload.ts';
import { unreadUploads } from '../../../shared/pipeline/ingest/uploads.ts';
import {
  type UnconfirmedCharge,
  unconfirmedCharges,
} from '../../../shared/pipeline/money/unconfirmed-charges.ts';
import { readBackpressure } from '../../../shared/pipeline/rate/backpressure.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { follow } from '../../stage/follow.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { backpressureLines } from '../../text/backpressure-lines.ts';
import { batchSummaryText, colorOf } from '../../text/batch-summary.ts';
import { stageAndHomeFlags } from '../../text/hints.ts';
import { createProgressBar } from '../../text/progress-bar.ts';
import { rejectedLinesText } from '../../text/rejected-lines.ts';
import {
  exitCodeOf,
  failureLines,
  noticeLines,
  pauseLines,
  resultJson,
  resumeHint,
} from '../../text/summary.ts';
import { textTable } from '../../text/text-table.ts';
import { unconfirmedText } from './unconfirmed-text.ts';

interface StatusOptions extends StageOptions {
  readonly watch?: boolean;
  readonly unknown?: boolean;
}

const NEWEST = 20;

/** `pressrun status [BATCH]` */
export function defineStatus(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option('--watch', 'Follow the batch until it finishes [the newest]')
    .option('--unknown', 'List calls that may have cost more than recorded')
    .option(...SIMULATE)
    .action(
      act(async (context, batch: string | undefined, options: StatusOptions) => {
        const config = await readOnlyConfig(context.out, options);
        return await withStage(config, 'look', {}, async (stage) => {
          const { effects } = stage.runtime;
          if (options.unknown) return await listUnknown(context, effects, batch);
          if (options.watch)
            return await watchBatch(context, stage, await chosenBatch(effects, batch), config.stage);
          if (batch === undefined) return await listBatches(context, stage);
          return await showBatch(context, stage, await chosenBatch(effects, batch), config.stage);
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun status
  $ pressrun status post               a unique part of an id is enough
  $ pressrun status --watch            follow the newest batch until it finishes
  $ pressrun status latest --json
  $ pressrun status --stage studio     batches of a deployed stage
  $ pressrun status --unknown          calls without a response`,
  notes: `Works at any time, also while \`run\` or \`worker\` is running.

Exit codes: 0 · with --watch: as of run, by how the batch ended.`,
};

async function listBatches(
  { out }: CommandContext,
  { runtime: { effects }, mayChange }: OpenStage,
): Promise<ExitCode> {
  const unread = await unreadUploads(effects, NEWEST);
  const statuses: BatchStatus[] = unread.map(({ batch }) => notBegun(batch));
  for await (const id of newestBatches(effects.table, NEWEST)) {
    const status = await batchStatus(effects, id);
    if (status !== undefined) statuses.push(status);
  }
  const rate = usdPerCreditOf(effects);
  const rows = statuses.map(({ batch, state, items, rejected, creditsMicro }) => {
    const { done, reused, failed, cancelled, pending } = items;
    const isWaiting = !mayChange && (state === 'running' || state === 'ingesting');
    const word = isWaiting ? 'waiting for a worker' : state;
    const stands = cancelled > 0 ? `${word}, ${cancelled} cancelled` : word;
    const dollars = rate === undefined ? [] : [dollarsText(creditsMicro, rate).slice('≈ $'.length)];
    return [batch, stands, done + reused, failed, pending, rejected, creditsText(creditsMicro), ...dollars];
  });
  const dollars = rate === undefined ? [] : ['≈ $'];
  const header = ['batch', 'state', 'done', 'failed', 'pending', 'rejected', 'credits', ...dollars];
  const text = rows.length === 0 ? 'no batches yet: `pressrun run FILE` makes one' : textTable(header, rows);
  out.result(text, { batches: statuses.map(resultJson) });
  return EXIT.ok;
}

/** Items of unknown outcome, and what their lost attempts may have cost. */
async function listUnknown(
  { out }: CommandContext,
  effects: Effects,
  text: string | undefined,
): Promise<ExitCode> {
  const batch = text === undefined ? undefined : await chosenBatch(effects, text);
  const unknown: UnconfirmedCharge[] = [];
  for await (const doubt of unconfirmedCharges(effects, batch)) unknown.push(doubt);
  out.result(unconfirmedText(unknown), { unknown });
  return EXIT.ok;
}

async function showBatch(
  context: CommandContext,
  open: OpenStage,
  id: BatchId,
  stage: string,
): Promise<ExitCode> {
  const { out } = context;
  const { effects } = open.runtime;
  const result = (await batchResult(effects, id)) ?? (await waitingUpload(effects, id));
  if (result === undefined) throw new Error(`${id} was there a moment ago`);
  for (const line of await rejectedLinesText(effects.table, result)) out.say(line);
  const lines = [
    ...failureLines(result),
    ...noticeLines(result),
    ...pauseLines(result, stage, resumeHint(stage)),
  ];
  for (const line of lines) out.say(line);
  await printBackpressure(out, effects, result);
  out.result(summaryText(context, open, stage, result), resultJson(result), colorOf(result));
  return EXIT.ok;
}

/** With `--json`, a line for each change, then images and failures as `run` prints them. */
async function watchBatch(
  context: CommandContext,
  open: OpenStage,
  id: BatchId,
  stage: string,
): Promise<ExitCode> {
  const { out, interrupted } = context;
  const { runtime, mayChange } = open;
  const { effects } = runtime;
  const bar = out.json
    ? undefined
    : createProgressBar(process.stderr, effects.clock.now, usdPerCreditOf(effects));
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
  if (last === undefined) throw new Error(`${id} was there a moment ago`);
  for (const line of pauseLines(last, stage, resumeHint(stage))) out.say(line);
  await printBackpressure(out, effects, last);
  if (!mayChange && exitCodeOf(last) === EXIT.interrupted) {
    out.say(`No worker is running. Start one: \`pressrun worker${stageAndHomeFlags(stage, context.argv)}\``);
  }
  out.result(summaryText(context, open, stage, last), resultJson(last), colorOf(last));
  return exitCodeOf(last);
}

function summaryText(
  { argv }: CommandContext,
  { runtime: { effects }, mayChange }: OpenStage,
  stage: string,
  result: BatchResult,
): string {
  return batchSummaryText(result, {
    usdPerCredit: usdPerCreditOf(effects),
    flags: stageAndHomeFlags(stage, argv),
    isWorkedOn: mayChange,
    failures: result.failures,
  });
}

async function printBackpressure(
  out: CommandContext['out'],
  effects: Effects,
  { state }: Pick<BatchStatus, 'state'>,
): Promise<void> {
  if (state === 'complete' || state === 'refused') return;
  const nowMs = effects.clock.now();
  for (const line of backpressureLines(await readBackpressure(effects, nowMs), nowMs)) out.say(line);
}
