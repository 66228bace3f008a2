import type { FileFormat, FilePosition, FileRecord } from '../../../shared/domain/prompt-file/format.ts';
import { detectFormat } from '../../../shared/domain/prompt-file/reader/detect-format.ts';
import { readRecords } from '../../../shared/domain/prompt-file/reader/read-records.ts';

export async function* inChunks(bytes: Uint8Array, chunkBytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

/** Format and records of a whole file; throws where it cannot be read at all. */
export async function readAll(
  file: string | Uint8Array,
  fileName = 'prompts.csv',
  chunkBytes?: number,
): Promise<FileRecord[]> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const { format, start } = formatOf(bytes, fileName);
  return await readFrom(bytes, format, start, chunkBytes);
}

export async function readFrom(
  bytes: Uint8Array,
  format: FileFormat,
  from: FilePosition,
  chunkBytes?: number,
): Promise<FileRecord[]> {
  return await collect(readRecords(inChunks(bytes.subarray(from.byte), chunkBytes), format, from));
}

export async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const collected: Value[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}

export function formatOf(bytes: Uint8Array, fileName = 'prompts.csv') {
  const detected = detectFormat(bytes.subarray(0, 64 * 1024), fileName, {});
  if (detected.kind === 'problem') throw new Error(detected.message);
  return detected;
}

export function problemOf(file: string | Uint8Array, fileName = 'prompts.csv', template?: string): string {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const options = template === undefined ? {} : { template };
  const detected = detectFormat(bytes.subarray(0, 64 * 1024), fileName, options);
  return detected.kind === 'problem' ? detected.message : '';
}

/** Records in short: `1@2 {prompt: …}` for a row, with its line, and `2@3 column: reason` for a rejected one. */
export function brief(record: FileRecord): string {
  const place = `${record.row}@${record.line}`;
  if (record.kind === 'row') return `${place} ${JSON.stringify(record.fields)}`;
  return `${place} ${record.column ?? '-'}: ${record.reason}`;
}
