import { formatCredits } from '../../../shared/domain/money/money.ts';
import type { UnconfirmedCharge } from '../../../shared/pipeline/money/unconfirmed-charges.ts';
import { textTable } from '../../text/text-table.ts';

/** Unconfirmed attempts: when, which item, and each one's maximum cost. */
export function unconfirmedText(charges: readonly UnconfirmedCharge[]): string {
  if (charges.length === 0) return 'every call has a response';
  const header = ['sent at', 'batch', 'row', 'variant', 'model', 'outcome', 'at most', 'attempt'];
  const rows = charges.map((charge) => [
    charge.at,
    charge.batch,
    charge.row,
    charge.variant,
    charge.model,
    charge.outcome,
    formatCredits(charge.creditsMaxUnknownMicro),
    charge.attempt,
  ]);
  return textTable(header, rows);
}
