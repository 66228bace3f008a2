import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TableRow, TableValue } from '../../pipeline/ports.ts';

/** Reads a row in one pass; the document client walks it three times. Throws on kinds that the port doesn't write (binary, sets). */
export function rowOfItem(item: Record<string, AttributeValue>): TableRow {
  // Written through the port, so it has its keys.
  return fieldsOf(item) as TableRow;
}

function fieldsOf(item: Record<string, AttributeValue>): Record<string, TableValue> {
  const fields: Record<string, TableValue> = {};
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) fields[name] = plainOf(value);
  }
  return fields;
}

function plainOf(value: AttributeValue): TableValue {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return numberOf(value.N);
  if (value.M !== undefined) return fieldsOf(value.M);
  if (value.L !== undefined) return value.L.map(plainOf);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.NULL !== undefined) return null;
  throw new Error(`the table holds a value that pressrun does not write: ${Object.keys(value).join()}`);
}

/** DynamoDB has 38 digits; money must not lose any silently. */
function numberOf(text: string): number {
  const number = Number(text);
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  throw new Error(`the table holds a number that is too large to be exact: ${text}`);
}
