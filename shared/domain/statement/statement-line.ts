import { parseSignedCredits, parseSignedDollars } from '../money/money.ts';
import { statementDay, statementMonth } from './statement-day.ts';
import type { StatementColumns } from './statement-header.ts';

/** A readable line of a statement. */
export interface StatementLine {
  /** Or a month (`2026-11`); empty for a total. */
  readonly day: string;
  /** Empty if the statement has none. */
  readonly model: string;
  /** In µcr, or nano-dollars; negative for a refund. */
  readonly amount: number;
  /** Decimals as written. */
  readonly decimals: number;
}

/** Reads a line, or says what is wrong with its day, model or amount. Undefined for a day without use (OpenAI's exports). */
export function readStatementLine(
  cells: readonly string[],
  columns: StatementColumns,
): StatementLine | string | undefined {
  const [dayText, model, amountText] = [columns.day, columns.model, columns.credits].map((index) =>
    (cells[index] ?? '').trim(),
  ) as [string, string, string];
  const day = columns.day < 0 ? '' : (statementDay(dayText) ?? statementMonth(dayText));
  if (day === undefined)
    return `"${shown(dayText)}" is no day such as 2026-11-21 and no month such as 2026-11`;
  if (columns.day >= 0 && cells.length > columns.credits && model === '' && amountText === '')
    return undefined;
  if (model === '' && columns.model >= 0) return 'it names no model';
  const amount = columns.isUsd ? parseSignedDollars(amountText) : parseSignedCredits(amountText);
  if (amount === undefined) {
    const unit = columns.isUsd
      ? 'dollars such as 2.48, of at most nine decimals'
      : 'credits such as 68.3585, of at most six decimals';
    return `"${shown(amountText)}" is no number of ${unit}`;
  }
  return { day, model, amount, decimals: /\.(\d+)/.exec(amountText)?.[1]?.length ?? 0 };
}

/** Without control characters, and cut: cells come from outside. */
function shown(text: string): string {
  return text.slice(0, 60).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
