import type { BudgetStatus } from './budgets.ts';

/** A budget as `budget list --json` prints it. */
export function budgetJson({ scope, account, limitMicro, spentMicro, heldMicro, state }: BudgetStatus) {
  const availableMicro = Math.max(0, limitMicro - spentMicro - heldMicro);
  return { scope, account, limitMicro, spentMicro, heldMicro, availableMicro, state };
}
