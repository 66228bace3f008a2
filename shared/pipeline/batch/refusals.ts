import { quoted } from '../../domain/prompt-file/columns.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

type Place = Pick<RejectedLine, 'row' | 'line'>;

/** Rejects a row with an earlier row's `id`. Plan and ingest say it in the same words. */
export function repeatedId({ row, line }: Place, id: string): RejectedLine {
  return { row, line, column: 'id', reason: `duplicate id "${id}": an earlier row uses it` };
}

/** Rejects a row for an unusable reference; `problem` completes "reference x: …". */
export function unusableReference({ row, line }: Place, written: string, problem: string): RejectedLine {
  const reason = `reference ${quoted([withoutQuery(written)])}: ${problem}`;
  return { row, line, column: 'references', reason };
}

/** A link's query may hold a signature, which is secret. */
function withoutQuery(reference: string): string {
  return reference.startsWith('https:') ? reference.replace(/[?#].*$/s, '') : reference;
}
