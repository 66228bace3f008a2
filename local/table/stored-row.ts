import type { TableRow } from '../../shared/pipeline/ports.ts';

/** All fields but the keys, as JSON; undefined ones are left out. */
export function fieldsText(row: TableRow): string {
  return JSON.stringify({ ...row, pk: undefined, sk: undefined });
}

/** What stands in the table was written through the port, so it is a row. */
export function rowOfText(pk: string, sk: string, fields: unknown): TableRow {
  const row: TableRow = JSON.parse(String(fields));
  return Object.assign(row, { pk, sk });
}
