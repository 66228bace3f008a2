import { FAILURE_ADVICE } from '../../shared/domain/item/failure-advice.ts';
import { inShell } from '../../shared/domain/money/budget.ts';
import { costText, creditsText } from '../../shared/domain/money/money-text.ts';
import type { BatchStatus, FailureLine } from '../../shared/pipeline/finish/batch-status.ts';
import { EXIT } from '../exit-codes.ts';
import { countText, durationText } from './figures.ts';
import type { Color } from './output.ts';
import { exitCodeOf } from './summary.ts';

/** For commands that can be pasted. */
export interface SummaryContext {
  readonly usdPerCredit: number | undefined;
  /** ` --simulate`, ` --stage NAME`, ` --home FOLDER`: this stage. */
  readonly flags: string;
  /** The images' folder on this machine. */
  readonly folder?: string;
  readonly tookMs?: number;
  /** This command, to rerun. */
  readonly command?: string;
  /** Workers are on the batch; false after an interrupt. */
  readonly isWorkedOn: boolean;
  readonly failures?: readonly Pick<FailureLine, 'row' | 'variant' | 'code'>[];
}

/** A batch's summary: state and totals, then facts, then next steps. */
export function batchSummaryText(status: BatchStatus, context: SummaryContext): string {
  const lines = [
    ['Batch', status.batch] as const,
    ...failedLabels(context.failures ?? []),
    ...(status.rejected > 0 ? [['Rejected', rejectedText(status, context)] as const] : []),
    ...(context.folder === undefined ? [] : [['Images', `${context.folder}/`] as const]),
    ...nextSteps(status, context).map((step, nth) => [nth === 0 ? 'Next:' : '', step] as const),
  ];
  return [headline(status, context), ...lines.map(([label, text]) => `${label.padEnd(10)}${text}`)].join(
    '\n',
  );
}

function headline(status: BatchStatus, context: SummaryContext): string {
  const { items, problem } = status;
  const ready = items.done + items.reused;
  const total = ready + items.failed + items.cancelled + items.pending;
  if (status.state === 'refused') return `Not read: ${problem ?? 'the file could not be read'}`;
  if (status.state === 'complete' && items.done === 0 && items.failed === 0 && items.reused > 0) {
    return `Complete: nothing to generate. All ${countText(items.reused)} images already exist, ${costOf(status, context)}`;
  }
  const images = ready === total ? imagesText(total) : `${countText(ready)} of ${imagesText(total)}`;
  const more = [
    ...(items.reused > 0 ? [`${countText(items.reused)} reused`] : []),
    ...(items.cancelled > 0 ? [`${countText(items.cancelled)} cancelled`] : []),
  ];
  const took = context.tookMs === undefined ? [] : [durationText(context.tookMs)];
  const parts = [
    `${images}${more.length > 0 ? ` (${more.join(', ')})` : ''}`,
    costOf(status, context),
    ...took,
  ];
  return `${stateWord(status, context)}: ${parts.join(', ')}`;
}

function stateWord({ state, items, rejected }: BatchStatus, { isWorkedOn, command }: SummaryContext): string {
  switch (state) {
    case 'complete':
      return items.failed + items.cancelled + rejected > 0 ? 'Complete with errors' : 'Complete';
    case 'paused':
      return 'Paused';
    case 'cancelling':
      return 'Cancelling';
    case 'finishing':
      return 'Finishing';
    case 'refused':
      return 'Not read';
    case 'ingesting':
    case 'running':
      if (isWorkedOn) return state === 'ingesting' ? 'Reading the file' : 'Running';
      return command === undefined ? 'Waiting for a worker' : 'Interrupted';
  }
}

function costOf(status: BatchStatus, { usdPerCredit }: SummaryContext): string {
  const { creditsMicro, creditsMaxUnknownMicro: unknownMicro } = status;
  const cost = creditsMicro === 0 ? '0 credits' : costText(creditsMicro, usdPerCredit);
  if (unknownMicro === 0) return cost;
  const unconfirmed = `up to ${creditsText(unknownMicro)} more unconfirmed`;
  return cost.endsWith(')') ? `${cost.slice(0, -1)}; ${unconfirmed})` : `${cost} (${unconfirmed})`;
}

const MOST_ROWS = 5;

/** `3 blocked (rows 4, 9, 12): Refused. The model declined this prompt: change it.` */
function failedLabels(failures: NonNullable<SummaryContext['failures']>): (readonly [string, string])[] {
  const byCode = [...Map.groupBy(failures, ({ code }) => code)];
  return byCode.map(([code, all], nth) => {
    const rows = all.slice(0, MOST_ROWS).map(({ row, variant }) => (variant > 1 ? `${row}/${variant}` : row));
    const word = all.length === 1 ? 'row' : 'rows';
    const more = all.length > MOST_ROWS ? ', …' : '';
    const known = Object.entries(FAILURE_ADVICE).find(([each]) => each === code)?.[1];
    const advice = known === undefined ? '' : `: ${known.advice}`;
    return [
      nth === 0 ? 'Failed' : '',
      `${countText(all.length)} ${code} (${word} ${rows.join(', ')}${more})${advice}`,
    ];
  });
}

function rejectedText({ rejected }: BatchStatus, { folder }: SummaryContext): string {
  const where = folder === undefined ? '' : `: see ${folder}/rejected.csv`;
  return `${countText(rejected)} ${rejected === 1 ? 'row' : 'rows'} (no cost)${where}`;
}

/** At most two commands to paste, the likelier first. */
function nextSteps(status: BatchStatus, context: SummaryContext): string[] {
  const { flags, command } = context;
  const { batch, state } = status;
  switch (state) {
    case 'complete':
      return completeSteps(status, context);
    case 'paused':
      return pausedSteps(status, context);
    case 'ingesting':
    case 'running':
      return openSteps(status, context);
    case 'refused':
      return command === undefined ? [] : [`fix the file, then rerun: ${command}`];
    case 'cancelling':
    case 'finishing':
      return [`pressrun status ${batch} --watch${flags}`];
  }
}

/** A reached budget must be raised: the same command would stop again. */
function pausedSteps({ batch, pauses = [] }: BatchStatus, { flags, command }: SummaryContext): string[] {
  const then = command ?? `pressrun resume ${batch}${flags}`;
  const reached = pauses.find((pause) => pause.by === 'budget');
  if (reached === undefined) return [then];
  const raised = then.replace(/--budget[= ]('[^']*'|\S+)/, '--budget CREDITS');
  if (raised !== then) return [`${raised}   with more than before`];
  return [`pressrun budget set ${inShellWord(reached.scope)} CREDITS${flags}, then: ${then}`];
}

function completeSteps({ batch, items, rejected }: BatchStatus, context: SummaryContext): string[] {
  const { flags, command } = context;
  if (items.failed > 0) return failedSteps(context, batch);
  if (items.cancelled > 0) return [`pressrun retry ${batch} --only cancelled${flags}`];
  if (rejected > 0 && command !== undefined) return [`fix the file, then rerun: ${command}`];
  const isAllReused = items.done === 0 && items.reused > 0;
  if (isAllReused && command !== undefined) return [`${command} --fresh   regenerates them`];
  return [`pressrun dashboard${flags}   shows them`, `pressrun cost --by model${flags}`];
}

function openSteps({ batch, items, creditsMaxUnknownMicro }: BatchStatus, context: SummaryContext): string[] {
  const { flags, command, isWorkedOn } = context;
  const unknown = creditsMaxUnknownMicro > 0 ? [`pressrun status ${batch} --unknown${flags}`] : [];
  if (isWorkedOn) return [`pressrun status ${batch} --watch${flags}`, ...unknown];
  const left = `resumes, ${imagesText(items.pending)} left`;
  return [command === undefined ? `pressrun worker${flags}` : `${command}   ${left}`, ...unknown];
}

function failedSteps({ flags, command, failures = [] }: SummaryContext, batch: string): string[] {
  const canRetry = failures.some(({ code }) =>
    Object.entries(FAILURE_ADVICE).some(([each, { actions }]) => each === code && actions[0] === 'retry'),
  );
  const retry = `pressrun retry ${batch}${flags}${command === undefined ? '' : `, then: ${command}`}`;
  const edit = command === undefined ? undefined : `edit the file, then rerun: ${command}`;
  const steps = canRetry ? [retry, edit] : [edit, retry];
  return steps.filter((step) => step !== undefined);
}

export function colorOf(status: BatchStatus): Color {
  const code = exitCodeOf(status);
  return code === EXIT.ok ? 'green' : code === EXIT.error ? 'red' : 'yellow';
}

/** Quoted for a shell. */
export function commandLine(argv: readonly string[]): string {
  return ['pressrun', ...argv.map(inShellWord)].join(' ');
}

function inShellWord(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : inShell(word);
}

function imagesText(count: number): string {
  return `${countText(count)} ${count === 1 ? 'image' : 'images'}`;
}
