import type { BatchId } from '../../shared/domain/ids.ts';
import type { BatchResult, BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import { budgetHint } from '../../shared/pipeline/money/budget-pause.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { clockTime } from './clock-time.ts';
import { stageFlag } from './hints.ts';

export const RUN_AGAIN = 'run the same command again';

/** How to end a stage's pauses after fixing the cause, or your own of a batch. */
export function resumeHint(stage: string, batch?: BatchId): string {
  return `\`pressrun resume${batch === undefined ? '' : ` ${batch}`}${stageFlag(stage)}\``;
}

/** A paused batch's cause and remedy: two lines a pause. `then` follows once a provider's cause is fixed. */
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

/** As the contract's JSON; pauses are printed on stderr. */
export function resultJson<Status extends BatchStatus>({ pauses: _, ...json }: Status) {
  return json;
}

const MOST_FAILURES = 5;

/** Images to check, by notice. */
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

/** The first failures by code; the manifest has all. */
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
