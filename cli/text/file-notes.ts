import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import type { Output } from './output.ts';

/** Says how a file was read; a program that asks for JSON hears only what it may not expect. */
export function printNotes(
  out: Pick<Output, 'say' | 'json'>,
  { notes = [] }: Pick<PromptFile, 'notes'>,
): void {
  for (const { line, isExpected } of notes) if (!out.json || !isExpected) out.say(line);
}
