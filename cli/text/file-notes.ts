import type { PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import type { Output } from './output.ts';

/** How a file was read; with `--json`, only what is unexpected. */
export function printNotes(
  out: Pick<Output, 'say' | 'json'>,
  { notes = [] }: Pick<PromptFile, 'notes'>,
): void {
  for (const { line, isExpected } of notes) if (!out.json || !isExpected) out.say(line);
}
