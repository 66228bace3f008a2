import type { TableQuery, TableRow } from '../../../shared/pipeline/ports.ts';

/** The rows of one partition key, in the order of the sort keys' UTF-8 bytes. */
export interface Partition {
  get(sk: string): TableRow | undefined;
  set(sk: string, row: TableRow): void;
  delete(sk: string): void;
  select(query: Omit<TableQuery, 'pk'>): TableRow[];
}

export function createPartition(): Partition {
  const rows = new Map<string, TableRow>();
  let sorted: string[] | undefined;

  function keysInOrder(): readonly string[] {
    sorted ??= [...rows.keys()].sort(byBytes);
    return sorted;
  }

  function select({ skPrefix, skBetween, descending, limit }: Omit<TableQuery, 'pk'>): TableRow[] {
    if (skPrefix && skBetween) throw new Error('a query takes skPrefix or skBetween, not both');
    let keys = keysInOrder().filter(
      (sk) =>
        (!skPrefix || sk.startsWith(skPrefix)) &&
        (!skBetween || (byBytes(skBetween[0], sk) <= 0 && byBytes(sk, skBetween[1]) <= 0)),
    );
    if (descending) keys = keys.reverse();
    return keys.slice(0, limit).flatMap((sk) => rows.get(sk) ?? []);
  }

  return {
    get: (sk) => rows.get(sk),
    set: (sk, row) => {
      if (!rows.has(sk)) sorted = undefined;
      rows.set(sk, row);
    },
    delete: (sk) => {
      if (rows.delete(sk)) sorted = undefined;
    },
    select,
  };
}

/** JavaScript compares UTF-16 units, in which an emoji comes before some of the letters that UTF-8 puts before it. */
function byBytes(a: string, b: string): number {
  if (HAS_SURROGATE.test(a) || HAS_SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

const HAS_SURROGATE = /[\ud800-\udfff]/;
