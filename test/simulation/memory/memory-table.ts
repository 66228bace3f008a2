import { decideWrite } from '../../../local/table/decide-write.ts';
import type {
  Table,
  TableKey,
  TableQuery,
  TableRow,
  TableValue,
  TableWrite,
  WriteResult,
} from '../../../shared/pipeline/ports.ts';
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
    const decision = decideWrite(writes, find);
    if (decision.kind === 'refused') return decision;
    const changes = decision.changes.map(({ key: { pk, sk }, after }) => ({
      key: { pk, sk },
      before: find({ pk, sk }),
      after: after && rowOf(after),
    }));
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
