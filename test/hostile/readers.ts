import { openPrompts } from '../../shared/domain/prompt-file/reader/open-prompts.ts';
import { WorkbookError } from '../../shared/domain/prompt-file/workbook/sheet-text.ts';
import { findColumns } from '../../shared/domain/statement/statement-header.ts';
import { readStatementLine } from '../../shared/domain/statement/statement-line.ts';
import { readImageFile, sniffImageType } from '../../shared/provider/picture/image-file.ts';
import { inChunks } from '../domain/prompt-file/read-all.ts';
import { providerAt, REQUEST } from '../provider/fixtures/calls.ts';

/** What each reader made of bytes that somebody else wrote, in short. Whatever is thrown beyond this is a bug. */

/** `rows 2, rejected 1`, or why the file can't be read. */
export async function readPrompts(name: string, bytes: Buffer, chunkBytes?: number): Promise<string> {
  const file = { name, size: bytes.length, open: (from = 0) => inChunks(bytes.subarray(from), chunkBytes) };
  try {
    const opened = await openPrompts(file, {});
    if (opened.kind === 'problem') return `problem: ${opened.message}`;
    const counts = { row: 0, rejected: 0 };
    for await (const { kind } of opened.records()) counts[kind] += 1;
    return `rows ${counts.row}, rejected ${counts.rejected}`;
  } catch (error) {
    if (error instanceof WorkbookError) return `problem: ${error.message}`;
    throw error;
  }
}

const provider = providerAt('https://provider.invalid', {
  fetchLink: async (url) => ({ kind: 'refused', problem: `no links here: ${new URL(url).host}` }),
});

/** `images 1`, or the code of the failure. */
export async function readAnswer(status: number, bytes: Buffer): Promise<string> {
  const outcome = await provider.reread({ status, bytes }, REQUEST);
  return outcome.kind === 'images' ? `images ${outcome.images.length}` : outcome.failure.code;
}

/** `whole 60x40`, `damaged`, or that it is no picture. */
export function readPicture(bytes: Buffer): string {
  const type = sniffImageType(bytes);
  if (type === undefined) return 'no picture';
  const facts = readImageFile(type, bytes);
  return facts.kind === 'whole' ? `whole ${facts.width}x${facts.height}` : 'damaged';
}

/** `lines 2, unread 1`, or why it is no statement. */
export function readStatement(lines: readonly (readonly string[])[]): string {
  const [header = [], ...rest] = lines;
  const found = findColumns(header, {});
  if (found.kind === 'problem') return 'problem';
  const unread = rest.filter((cells) => typeof readStatementLine(cells, found.columns) === 'string');
  return `lines ${rest.length - unread.length}, unread ${unread.length}`;
}
