import { extname } from 'node:path';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.tsv': 'text/tab-separated-values',
  '.jsonl': 'application/x-ndjson',
  '.ndjson': 'application/x-ndjson',
  '.json': 'application/json',
  '.txt': 'text/plain',
  '.gz': 'application/gzip',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** With which a prompt file is stored, by its name's ending; the reader goes by its bytes. */
export function promptFileType(name: string): string {
  return CONTENT_TYPES[extname(name).toLowerCase()] ?? 'text/csv';
}
