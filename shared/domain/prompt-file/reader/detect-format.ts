import { placeholderNames } from '../column-meaning.ts';
import {
  type FileEncoding,
  type FileFormat,
  type FilePosition,
  type FileProblem,
  fileProblem,
} from '../format.ts';
import type { ReadColumn } from '../read-columns.ts';
import type { TemplateOptions } from '../template/axes.ts';
import { axisClash } from '../template/expand-row.ts';
import { asBuffer, bytesInFile, detectEncoding, utf8Head } from './encoding.ts';
import { foreignKind } from './foreign-kind.ts';
import { readHeader } from './header.ts';
import { type JsonBegin, jsonKind } from './json-kind.ts';
import { countLineBreaks } from './pending-bytes.ts';
import { isPromptList } from './prompt-list.ts';

/** How much of a file's beginning is read; its header must end within. */
export const HEAD_BYTES = 64 * 1024;

type DetectedFormat =
  | {
      readonly kind: 'format';
      readonly format: FileFormat;
      readonly start: FilePosition;
      readonly columns?: readonly ReadColumn[];
    }
  | FileProblem;

/** Detects a prompt file's format and first record by its first 64 KiB (`readHead`); a shorter head is the whole file. */
export function detectFormat(
  head: Uint8Array,
  fileName: string,
  options: Pick<TemplateOptions, 'template' | 'expansion' | 'ignoreColumns'>,
): DetectedFormat {
  const foreign = foreignKind(head);
  if (foreign !== undefined)
    return fileProblem(`the file is ${foreign}: save the prompts as Excel (.xlsx), CSV (UTF-8) or JSONL`);

  const isWhole = head.length < HEAD_BYTES;
  const { encoding, markBytes } = detectEncoding(head);
  const utf8 = utf8Head(head.subarray(markBytes), encoding);
  const begin = utf8.toString('latin1').trimStart();
  if (begin === '')
    return fileProblem(isWhole ? 'the file is empty' : 'the file begins with 64 KB of blank lines');
  const json = jsonKind(utf8.toString('latin1'), fileName, {
    isWhole,
    needsPrompt: options.template === undefined,
  });
  if (json?.kind === 'problem') return json;
  const data = [...(options.ignoreColumns ?? []), ...placeholderNames(options.template ?? '')];
  if (json !== undefined) return jsonStart(json, utf8, encoding, markBytes, data);
  if (isPromptList(utf8, fileName, options)) {
    const lineBreak = utf8.includes('\n') || !utf8.includes('\r') ? '\n' : '\r';
    const format = { kind: 'txt', encoding, lineBreak } as const;
    return { kind: 'format', format, start: { byte: markBytes, line: 1, row: 0 } };
  }

  const header = readHeader(utf8, {
    encoding,
    isWhole,
    needsPrompt: options.template === undefined,
    data,
  });
  if (header.kind === 'problem') return workbookProblem(fileName) ?? header;
  const { format, columns, bytes, lineBreaks } = header;
  const clash = options.expansion?.axes.find(({ name }) => format.columns.includes(name));
  if (clash !== undefined) return fileProblem(axisClash([clash.name]));
  return {
    kind: 'format',
    format,
    columns,
    start: { byte: markBytes + bytes, line: 1 + lineBreaks, row: 0 },
  };
}

function workbookProblem(fileName: string): FileProblem | undefined {
  if (!/\.xls[xm]$/i.test(fileName)) return undefined;
  return fileProblem(
    'the file is named as an Excel workbook and is none, nor readable as text: save it again in Excel, or as CSV (UTF-8)',
  );
}

function jsonStart(
  { kind, bytes }: JsonBegin,
  head: Buffer,
  encoding: FileEncoding,
  markBytes: number,
  data: readonly string[],
): DetectedFormat {
  const before = head.subarray(0, bytes);
  const byte = markBytes + bytesInFile(before, encoding);
  const start = { byte, line: 1 + countLineBreaks(before, '\n'), row: 0 };
  return { kind: 'format', format: { kind, encoding, ...(data.length > 0 && { data }) }, start };
}

/** The first bytes of a file, at most `HEAD_BYTES`, for `detectFormat`. */
export async function readHead(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(asBuffer(chunk));
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}
