import type {
  Table,
  TableKey,
  TableQuery,
  TableRow,
  TableValue,
  TableWrite,
  WriteResult,
} from '../../../shared/pipeline/ports.ts';
import { conditionHolds } from './condition-holds.ts';
import { createPartition, type Partition } from './partition.ts';

/** One row before and after a write that happened; undefined where there was, or is, none. */
export interface RowChange {
  readonly key: TableKey;
  readonly before: TableRow | undefined;
  readonly after: TableRow | undefined;
}

export interface MemoryTable extends Table {
  /** Every row there is, partition by partition. */
  rows(): Iterable<TableRow>;
}

/** DynamoDB's limit on a transaction. */
const MOST_WRITES = 100;

/**
 * `Table` in memory. Each call takes effect as a whole at the moment in which it is made; `onWrite` then sees what one
 * transaction changed.
 */
export function memoryTable(onWrite: (changes: readonly RowChange[]) => void = () => undefined): MemoryTable {
  const partitions = new Map<string, Partition>();

  const find = ({ pk, sk }: TableKey) => partitions.get(pk)?.get(sk);

  function store({ key, after }: RowChange): void {
    let partition = partitions.get(key.pk);
    if (partition === undefined) {
      partition = createPartition();
      partitions.set(key.pk, partition);
    }
    if (after === undefined) partition.delete(key.sk);
    else partition.set(key.sk, after);
  }

  function write(writes: readonly TableWrite[]): WriteResult {
    checkWrites(writes);
    const befores = writes.map((each) => find(keyOf(each)));
    const indexes = writes.flatMap(({ onlyIf }, index) =>
      onlyIf === undefined || conditionHolds(onlyIf, befores[index]) ? [] : [index],
    );
    if (indexes.length > 0) return { kind: 'refused', indexes };
    const changes = writes.flatMap((each, index) => {
      if (each.kind === 'check') return [];
      const { pk, sk } = keyOf(each);
      return [{ key: { pk, sk }, before: befores[index], after: rowAfter(each, befores[index]) }];
    });
    for (const change of changes) store(change);
    onWrite(changes);
    return { kind: 'written' };
  }

  return {
    get: async (key) => find(key),
    write: async (writes) => write(writes),
    query: async function* (query: TableQuery) {
      yield* partitions.get(query.pk)?.select(query) ?? [];
    },
    rows: function* () {
      for (const partition of partitions.values()) yield* partition.select({});
    },
  };
}

function checkWrites(writes: readonly TableWrite[]): void {
  if (writes.length > MOST_WRITES) {
    throw new Error(
      `a table write has ${writes.length} parts, ${MOST_WRITES} at most are possible: split it`,
    );
  }
  if (writes.length < 2) return;
  const keys = new Set(writes.map((write) => JSON.stringify([keyOf(write).pk, keyOf(write).sk])));
  if (keys.size < writes.length) throw new Error('a transaction cannot write one row twice');
}

function keyOf(write: TableWrite): TableKey {
  return write.kind === 'put' ? write.row : write.key;
}

function rowAfter(write: Exclude<TableWrite, { kind: 'check' }>, before: TableRow | undefined) {
  switch (write.kind) {
    case 'put':
      return rowOf(write.row);
    case 'delete':
      return undefined;
    case 'update':
      return updated(write, before);
  }
}

function updated(write: Extract<TableWrite, { kind: 'update' }>, before: TableRow | undefined): TableRow {
  const { key, set = {}, add = {} } = write;
  if (Object.keys(set).length + Object.keys(add).length === 0) {
    throw new Error(`update of ${key.pk} / ${key.sk} has nothing to set or add`);
  }
  const sums = Object.entries(add).map(([field, amount]) => {
    const value = before?.[field] ?? 0;
    if (typeof value !== 'number')
      throw new Error(`${key.pk} / ${key.sk}: ${field} is not a number to add to`);
    return [field, value + amount];
  });
  return rowOf({ ...before, ...set, ...Object.fromEntries(sums), pk: key.pk, sk: key.sk });
}

/** A row of its own, so that nothing that the writer does later changes it; undefined fields are left out. */
function rowOf(row: TableRow): TableRow {
  return { ...withoutUndefined(row), pk: row.pk, sk: row.sk };
}

function withoutUndefined(map: { readonly [name: string]: TableValue | undefined }) {
  const copy: Record<string, TableValue> = {};
  for (const name in map) {
    const value = map[name];
    if (value !== undefined) copy[name] = copyOf(value);
  }
  return copy;
}

function copyOf(value: TableValue): TableValue {
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(copyOf) : withoutUndefined(value);
}

function isList(value: TableValue): value is readonly TableValue[] {
  return Array.isArray(value);
}
