import type { BatchId } from '../../domain/ids.ts';
import { accountAt, accountEndMs, type Budget, inShell } from '../../domain/money/budget.ts';
import { creditsText } from '../../domain/money/money-text.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from './attempt.ts';
import { pauseBatch } from './batch-pauses.ts';

/** The next call wouldn't fit even if all reservations were released: the batch waits for you, or for the next period. */
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
    `budget ${accountAt(scope, atMs)} had ${creditsText(Math.max(0, limitMicro - spentMicro))} of ${creditsText(limitMicro)} credits left; ` +
    `the next call can cost up to ${creditsText(needMicro)}`;
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

/** How to raise a budget that stopped a batch. Only the caller knows by which flag a command finds the stage. */
export function budgetHint(scope: string, untilMs: number | undefined, stageFlag = ''): string {
  const orWait = untilMs === undefined ? '' : `, or wait until ${isoTime(untilMs).slice(0, 16)} UTC`;
  const orAgain = scope.startsWith('batch:') ? ', or by running the file again with a higher --budget' : '';
  return `raise it with \`pressrun budget set ${inShell(scope)} CREDITS${stageFlag}\`${orAgain}${orWait}`;
}
