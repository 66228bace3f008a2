import { parseSignedCredits } from './money.ts';
import { statementDay, statementMonth } from './statement-day.ts';
import type { StatementColumns } from './statement-header.ts';

/** One line of a provider's statement that could be read. */
export interface StatementLine {
  /** Or a month (`2026-11`); empty in a statement of a total. */
  readonly day: string;
  /** Empty where models are not told apart. */
  readonly model: string;
  /** Below zero where the provider gave something back; in micro-dollars where the statement is in dollars. */
  readonly creditsMicro: number;
}

/** Reads one line; where it says no day, model or exact credits, what is wrong with it. */
export function readStatementLine(
  cells: readonly string[],
  columns: StatementColumns,
): StatementLine | string {
  const [dayText, model, creditsText] = [columns.day, columns.model, columns.credits].map((index) =>
    (cells[index] ?? '').trim(),
  ) as [string, string, string];
  const day = columns.day < 0 ? '' : (statementDay(dayText) ?? statementMonth(dayText));
  if (day === undefined)
    return `"${shown(dayText)}" is no day such as 2026-11-21 and no month such as 2026-11`;
  if (model === '' && columns.model >= 0) return 'it names no model';
  const creditsMicro = parseSignedCredits(columns.isUsd ? withoutDollar(creditsText) : creditsText);
  if (creditsMicro === undefined) {
    const unit = columns.isUsd ? 'dollars such as 2.48' : 'credits such as 68.3585';
    return `"${shown(creditsText)}" is no number of ${unit}, of at most six decimals`;
  }
  return { day, model, creditsMicro };
}

/** `$1.50`, `-$1.50`, `1.50 USD`. */
function withoutDollar(text: string): string {
  return text.replace(/^([(+-]?)\s*(?:US)?\$\s*/i, '$1').replace(/\s*(?:USD|US\$|\$)\s*(\)?)$/i, '$1');
}

/** Cells are the world's: nothing that steers a terminal in messages, and not the whole of a long one. */
function shown(text: string): string {
  return text.slice(0, 60).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
