import type { BatchResult, BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { budgetHint } from '../../shared/pipeline/money/budget-pause.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { clockTime } from './clock-time.ts';
import { stageFlag } from './resume-hint.ts';

/** What to do with `run` once the trouble is fixed. */
export const RUN_AGAIN = 'run the same command again';

/** What ends the pauses of a stage when the trouble is fixed. */
export function resumeHint(stage: string): string {
  return `\`pressrun resume${stageFlag(stage)}\``;
}

/** What stops a paused batch, and what to do: two lines a pause. `then` is what follows once the provider's trouble is fixed. */
export function pauseLines(
  status: BatchStatus,
  stage: string,
  then: string,
  nowMs: number = Date.now(),
): string[] {
  return (status.pauses ?? []).flatMap((pause) => {
    const { message } = pause;
    const hint =
      pause.by === 'budget' ? budgetHint(pause.scope, pause.untilMs, stageFlag(stage)) : pause.hint;
    if (pause.by !== 'provider') return [`Paused: ${status.batch}: ${message}`, `To resume: ${hint}`];
    if (pause.code === 'person') return [`Paused: all: ${message}`, `To resume: ${hint}`];
    const of = pause.model === '*' ? '' : ` of ${pause.model}`;
    const what = `Paused: ${pause.code}${of}: ${message}`;
    if (pause.untilMs === undefined) return [what, `To resume: ${hint}, then ${then}`];
    return [`${what}; waits until ${clockTime(pause.untilMs, nowMs)}`, `To resume sooner: ${then}`];
  });
}

/** A status or result as the contract's JSON has it: what stops a paused batch is told on stderr. */
export function resultJson<Status extends BatchStatus>({ pauses: _, ...json }: Status) {
  return json;
}

const MOST_FAILURES = 5;

/** Images that a person should look at, grouped by what is odd about them. */
export function noticeLines(result: BatchResult): string[] {
  const noticed = result.images.filter((image) => image.notice !== undefined);
  const byKind = Map.groupBy(noticed, ({ notice = '' }) => notice.replace(/ of row .*/, ' of another row'));
  const lines = [...byKind].map(([notice, images]) => {
    const rows = images
      .slice(0, MOST_FAILURES)
      .map(({ row, variant }) => (variant > 1 ? `${row}/${variant}` : row));
    const more = images.length > MOST_FAILURES ? ', …' : '';
    return `  ${images.length} (row ${rows.join(', ')}${more}): ${notice}`;
  });
  return lines.length === 0 ? [] : ['look at these images:', ...lines];
}

/** The first failures of a batch, grouped by code: enough to see what is wrong; the manifest has all. */
export function failureLines(result: BatchResult): string[] {
  const byCode = Map.groupBy(result.failures, (failure) => failure.code);
  const lines = [...byCode].map(([code, failures]) => {
    const rows = failures
      .slice(0, MOST_FAILURES)
      .map(({ row, variant }) => (variant > 1 ? `${row}/${variant}` : row));
    const more = failures.length > MOST_FAILURES ? ', …' : '';
    return `  ${failures.length} ${code} (row ${rows.join(', ')}${more}): ${failures[0]?.message ?? ''}`;
  });
  return lines.length === 0 ? [] : ['failed:', ...lines];
}

/** The exit code that says how a batch ended. */
export function exitCodeOf(status: BatchStatus): ExitCode {
  switch (status.state) {
    case 'refused':
      return EXIT.error;
    case 'paused':
      return EXIT.paused;
    case 'ingesting':
    case 'running':
    case 'cancelling':
    case 'finishing':
      return EXIT.interrupted;
    case 'complete':
      return status.items.failed + status.items.cancelled + status.rejected > 0 ? EXIT.incomplete : EXIT.ok;
  }
}
