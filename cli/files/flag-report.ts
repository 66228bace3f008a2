import type { FileRow } from '../../shared/domain/prompt-file/format.ts';
import { MAY_BE_FLAG } from '../../shared/domain/prompt-file/prompt-flags.ts';
import type { OpenPrompts } from '../../shared/domain/prompt-file/reader/open-prompts.ts';

/** Other tools' parameters in prompts: the number of rows, and the first of each kind. */
export interface FoundFlags {
  rows: number;
  /** The first row with some. */
  line: number;
  readonly read: Set<string>;
  readonly left: Set<string>;
  readonly sent: Set<string>;
}

export function noFlags(): FoundFlags {
  return { rows: 0, line: 0, read: new Set(), left: new Set(), sent: new Set() };
}

/** A fast look at the bytes: most files have none and are not read again. */
export async function mayHaveFlags({ text }: Pick<OpenPrompts, 'text'>): Promise<boolean> {
  let end = '';
  for await (const chunk of text()) {
    // UTF-16 letters have a zero byte between them.
    const piece = end + Buffer.from(chunk).toString('utf8').replaceAll('\0', '');
    if (MAY_BE_FLAG.test(piece)) return true;
    end = piece.slice(-8);
  }
  return false;
}

export function addFlags(found: FoundFlags, { flags, line }: Pick<FileRow, 'flags' | 'line'>): void {
  if (flags === undefined) return;
  found.rows += 1;
  if (found.rows === 1) found.line = line;
  for (const kind of ['read', 'left', 'sent'] as const) for (const each of flags[kind]) found[kind].add(each);
}

const MOST_SHOWN = 6;

/** What became of them, in one line; undefined if there are none. */
export function flagsLine({ rows, line, read, left, sent }: FoundFlags): string | undefined {
  if (rows === 0) return undefined;
  const parts = [
    ...(read.size > 0 ? [`read ${shown(read)}`] : []),
    ...(left.size > 0 ? [`left out, no model here has them: ${shown(left)}`] : []),
    ...(sent.size > 0 ? [`sent as words of a request: ${shown(sent)}`] : []),
  ];
  return `flags    in prompts of ${rows} row${rows === 1 ? '' : 's'} (first in line ${line}): ${parts.join('; ')}`;
}

function shown(flags: ReadonlySet<string>): string {
  const texts = [...flags].slice(0, MOST_SHOWN).map((each) => each.replaceAll(/\s+/g, ' ').slice(0, 40));
  const more = flags.size - texts.length;
  return more > 0 ? `${texts.join(', ')} and ${more} more` : texts.join(', ');
}
