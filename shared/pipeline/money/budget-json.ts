import { warningsOf } from '../../domain/money/budget.ts';
import type { BudgetStatus } from './budgets.ts';

/** A budget as `budget list --json` prints it. */
export function budgetJson(status: BudgetStatus) {
  const { scope, account, limitMicro, spentMicro, heldMicro, state, atLimit = 'pause' } = status;
  const availableMicro = Math.max(0, limitMicro - spentMicro - heldMicro);
  const warnAt = warningsOf(status).toReversed();
  return { scope, account, limitMicro, spentMicro, heldMicro, availableMicro, state, warnAt, atLimit };
}
