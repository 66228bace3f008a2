import { formatCredits } from '../../../shared/domain/money/money.ts';
import type { Cause } from '../../../shared/domain/statement/causes.ts';
import type { Reconciliation, UnreadLine } from '../../../shared/domain/statement/reconciliation.ts';
import type { Settlement } from '../../../shared/pipeline/reconcile/corrections.ts';
import { textTable } from '../../text/text-table.ts';

/** What a statement proves of calls without a response: said, or recorded. */
export type SettlementNote =
  | { readonly kind: 'provable'; readonly charges: number }
  | ({ readonly kind: 'applied' } & Settlement);

const MOST_UNREAD_SHOWN = 20;

export function reconciliationText(
  { from, to, rows, total, unread }: Reconciliation,
  note: SettlementNote | undefined,
  usdPerCredit?: number,
): string {
  const unit = usdPerCredit === undefined ? 'in credits' : `in credits, dollars at $${usdPerCredit} a credit`;
  const header = ['day', 'model', 'ours', 'theirs', 'difference', 'unknown max', 'verdict'];
  const lines = [...rows, { day: 'total', model: '', ...total }].map((line) => [
    line.day || '(all days)',
    line.model || (line.day === 'total' ? '' : '(all models)'),
    formatCredits(line.oursMicro),
    formatCredits(line.theirsMicro),
    formatCredits(line.differenceMicro),
    formatCredits(line.unknownMaxMicro),
    line.verdict,
  ]);
  const table =
    rows.length === 0
      ? `nothing on either side from ${from} to ${to}\n`
      : `${textTable(header, lines)}${unit}\n`;
  return [table, ...causeLines(rows), ...unreadLines(unread), ...noteLines(note)].join('');
}

/** One line a cause: how much of the differences it is, on how many lines. */
function causeLines(rows: Reconciliation['rows']): string[] {
  const causes = rows.flatMap((row) => row.causes);
  return [...Map.groupBy(causes, textOfCause)].map(([text, alike]) => {
    const micro = alike.reduce((sum, cause) => sum + cause.micro, 0);
    const sign = micro > 0 ? '+' : '';
    return `${sign}${formatCredits(micro)} credits on ${alike.length === 1 ? '1 line' : `${alike.length} lines`}: ${text}\n`;
  });
}

function textOfCause(cause: Cause): string {
  switch (cause.kind) {
    case 'unknown':
      return 'the provider billed calls whose response never arrived';
    case 'time-zone':
      return `the statement counts days of ${cause.zone}: --tz ${cause.zone} compares by these`;
    case 'price':
      return `the provider bills by the price ${cause.price}: \`pressrun prices\` lists it`;
    case 'rounding':
      return 'the statement rounds its amounts';
    case 'not-ours':
      return 'more than the calls in this ledger can have cost: is the key used elsewhere?';
    case 'not-billed':
      return 'the statement has less than the calls in this ledger cost: is it complete?';
  }
}

function unreadLines(unread: readonly UnreadLine[]): string[] {
  const shown = unread.slice(0, MOST_UNREAD_SHOWN).map(({ file, line, reason }) => {
    const where = file === undefined ? `line ${line}` : `${file}: line ${line}`;
    return `${where} was not read: ${reason}\n`;
  });
  const more = unread.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more lines that were not read\n`] : shown;
}

function noteLines(note: SettlementNote | undefined): string[] {
  switch (note?.kind) {
    case undefined:
      return [];
    case 'provable':
      return [`the statement settles ${calls(note.charges)} without a response: --apply books it\n`];
    case 'applied':
      return [settlementText(note)];
  }
}

export function settlementText(settlement: Settlement): string {
  const { corrected, bookedMicro, returnedMicro, changedMeanwhile } = settlement;
  const meanwhile =
    changedMeanwhile === 0 ? '' : `; ${changedMeanwhile} changed meanwhile and stay as they are`;
  return (
    `settlement ${settlement.settlement}: ${calls(corrected)} corrected, ${formatCredits(bookedMicro)} credits booked, ` +
    `budgets have ${formatCredits(returnedMicro)} credits back${meanwhile}\n` +
    `Undo it: pressrun reconcile undo ${settlement.settlement}\n`
  );
}

function calls(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}
