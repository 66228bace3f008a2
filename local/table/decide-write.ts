import type { TableKey, TableRow, TableValue, TableWrite } from '../../shared/pipeline/ports.ts';
import { conditionHolds } from './condition-holds.ts';

/** A row to store; undefined deletes it. */
export interface RowChange {
  readonly key: TableKey;
  readonly after: TableRow | undefined;
}

type Decision =
  | { readonly kind: 'accepted'; readonly changes: readonly RowChange[] }
  | { readonly kind: 'refused'; readonly indexes: readonly number[] };

/** DynamoDB's limit on a transaction (`TransactWriteItems`, 2022: 100 actions). */
const MOST_WRITES = 100;

/** Decides a transaction as DynamoDB does: all conditions first. Throws if it is too long, has a row twice or adds to no number. */
export function decideWrite(
  writes: readonly TableWrite[],
  find: (key: TableKey) => TableRow | undefined,
): Decision {
  checkWrites(writes);
  const befores = writes.map((write) => (needsRow(write) ? find(keyOf(write)) : undefined));
  const indexes = writes.flatMap(({ onlyIf }, index) =>
    onlyIf === undefined || conditionHolds(onlyIf, befores[index]) ? [] : [index],
  );
  if (indexes.length > 0) return { kind: 'refused', indexes };
  const changes = writes.flatMap((write, index) =>
    write.kind === 'check' ? [] : [{ key: keyOf(write), after: rowAfter(write, befores[index]) }],
  );
  return { kind: 'accepted', changes };
}

function checkWrites(writes: readonly TableWrite[]): void {
  if (writes.length > MOST_WRITES) {
    throw new Error(
      `a table write has ${writes.length} parts, ${MOST_WRITES} at most are possible: split it`,
    );
  }
  if (writes.length < 2) return;
  const keys = new Set(writes.map((write) => `${keyOf(write).pk}\0${keyOf(write).sk}`));
  if (keys.size < writes.length) throw new Error('a transaction cannot write one row twice');
}

function needsRow(write: TableWrite): boolean {
  return write.kind === 'update' || write.onlyIf !== undefined;
}

function keyOf(write: TableWrite): TableKey {
  return write.kind === 'put' ? write.row : write.key;
}

function rowAfter(write: TableWrite, before: TableRow | undefined): TableRow | undefined {
  switch (write.kind) {
    case 'check':
      return before;
    case 'put':
      return write.row;
    case 'delete':
      return undefined;
    case 'update':
      return updated(write, before);
  }
}

function updated(write: Extract<TableWrite, { kind: 'update' }>, before: TableRow | undefined): TableRow {
  const { key, set = {}, add = {} } = write;
  const added = Object.keys(add);
  if (added.length === 0 && Object.keys(set).length === 0) {
    throw new Error(`update of ${key.pk} / ${key.sk} has nothing to set or add`);
  }
  const sums: Record<string, TableValue> = {};
  for (const field of added) sums[field] = sum(key, field, before?.[field] ?? 0, add[field] ?? 0);
  return { ...before, ...set, ...sums, pk: key.pk, sk: key.sk };
}

function sum({ pk, sk }: TableKey, field: string, value: TableValue, amount: number): number {
  if (typeof value !== 'number') throw new Error(`${pk} / ${sk}: ${field} is not a number to add to`);
  return value + amount;
}
