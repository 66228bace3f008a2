import { parseSignedCredits } from './money.ts';
import { statementDay } from './statement-day.ts';
import type { StatementColumns } from './statement-header.ts';

/** One line of a provider's statement that could be read. */
export interface StatementLine {
  readonly day: string;
  readonly model: string;
  /** Below zero where the provider gave something back. */
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
  const day = statementDay(dayText);
  if (day === undefined) return `"${shown(dayText)}" is no day such as 2026-11-21`;
  if (model === '') return 'it names no model';
  const creditsMicro = parseSignedCredits(creditsText);
  if (creditsMicro === undefined) {
    return `"${shown(creditsText)}" is no number of credits such as 68.3585, of at most six decimals`;
  }
  return { day, model, creditsMicro };
}

/** Cells are the world's: nothing that steers a terminal in messages, and not the whole of a long one. */
function shown(text: string): string {
  return text.slice(0, 60).replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ');
}
