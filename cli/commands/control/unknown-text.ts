import { formatCredits } from '../../../shared/domain/money/money.ts';
import type { UnconfirmedCharge } from '../../../shared/pipeline/money/unconfirmed-charges.ts';
import { textTable } from '../../text/text-table.ts';

/** Attempts of unknown outcome, for people: when, which item, and the most that each can have cost. */
export function unknownText(doubts: readonly UnconfirmedCharge[]): string {
  if (doubts.length === 0) return 'no attempt is of unknown outcome';
  const header = ['sent at', 'batch', 'row', 'variant', 'model', 'outcome', 'at most', 'attempt'];
  const rows = doubts.map((doubt) => [
    doubt.at,
    doubt.batch,
    doubt.row,
    doubt.variant,
    doubt.model,
    doubt.outcome,
    formatCredits(doubt.creditsMaxUnknownMicro),
    doubt.attempt,
  ]);
  return textTable(header, rows);
}
