import { quoted } from '../../domain/prompt-file/columns.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

type Place = Pick<RejectedLine, 'row' | 'line'>;

/** Refuses a row whose `id` a row before it has. A plan and ingest say it in the same words. */
export function repeatedId({ row, line }: Place, id: string): RejectedLine {
  return { row, line, column: 'id', reason: `duplicate id "${id}": an earlier row uses it` };
}

/** Refuses a row for a reference image that cannot be sent; `problem` completes "reference x: …". */
export function unusableReference({ row, line }: Place, written: string, problem: string): RejectedLine {
  const reason = `reference ${quoted([withoutQuery(written)])}: ${problem}`;
  return { row, line, column: 'references', reason };
}

/** A link's query may hold a signature, which is a secret for a while. */
function withoutQuery(reference: string): string {
  return reference.startsWith('https:') ? reference.replace(/[?#].*$/s, '') : reference;
}
