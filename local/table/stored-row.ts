import type { TableRow } from '../../shared/pipeline/ports.ts';

/** As JSON, without keys and undefined fields. */
export function fieldsText(row: TableRow): string {
  return JSON.stringify({ ...row, pk: undefined, sk: undefined });
}

/** Written through the port, so it is a row. */
export function rowOfText(pk: string, sk: string, fields: unknown): TableRow {
  const row: TableRow = JSON.parse(String(fields));
  return Object.assign(row, { pk, sk });
}
