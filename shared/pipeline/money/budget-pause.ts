import type { BatchId } from '../../domain/ids.ts';
import { accountAt, accountEndMs, type Budget, inShell } from '../../domain/money/budget.ts';
import { formatCredits } from '../../domain/money/money.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from './attempt.ts';
import { pauseBatch } from './batch-pauses.ts';

/** Not even all that is reserved would do: the batch waits for you, or for the next day or month. */
export interface BudgetReached {
  readonly kind: 'reached';
  readonly budget: Budget;
  readonly atMs: number;
  readonly needMicro: number;
  readonly spentMicro: number;
}

/** Pauses a batch whose next call does not fit into a budget; it continues when the budget is raised, or its period ends. */
export async function pauseForBudget(
  effects: Pick<Effects, 'table' | 'clock' | 'log' | 'notify'>,
  batch: BatchId,
  { budget, atMs, needMicro, spentMicro }: BudgetReached,
): Promise<void> {
  const { scope, limitMicro } = budget;
  const untilMs = accountEndMs(scope, atMs);
  const message =
    `budget ${accountAt(scope, atMs)} is reached: ${formatCredits(spentMicro)} of ${formatCredits(limitMicro)} credits ` +
    `are spent, and the next call may cost ${formatCredits(needMicro)}`;
  const hint = budgetHint(scope, untilMs);
  const isNew = await pauseBatch(effects, batch, {
    by: 'budget',
    scope,
    limitMicro,
    message,
    hint,
    since: isoTime(effects.clock.now()),
    ...(untilMs === undefined ? {} : { untilMs }),
  });
  if (!isNew) return;
  effects.log.warn('budget reached', { batch, scope, limitMicro, spentMicro });
  effects.notify({ kind: 'budget-reached', batch, scope, limitMicro, hint });
}

/** What a person does about a budget that is reached. Only who knows the stage can say by which flag a command finds it. */
export function budgetHint(scope: string, untilMs: number | undefined, stageFlag = ''): string {
  const orWait = untilMs === undefined ? '' : `, or wait until ${isoTime(untilMs).slice(0, 16)} UTC`;
  const orAgain = scope.startsWith('batch:') ? ', or by running the file again with a higher --budget' : '';
  return `raise it with \`pressrun budget set ${inShell(scope)} CREDITS${stageFlag}\`${orAgain}${orWait}`;
}
