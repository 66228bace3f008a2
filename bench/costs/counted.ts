import type {
  ObjectStore,
  Queue,
  Reading,
  Table,
  TableKey,
  TableRow,
  TableWrite,
} from '../../shared/pipeline/ports.ts';

/** What AWS asks a price for, as the adapters of `shared/aws` would send it. */
export interface Operations {
  writeUnits: number;
  readUnits: number;
  s3Puts: number;
  s3Gets: number;
  sqsRequests: number;
}

export function noOperations(): Operations {
  return { writeUnits: 0, readUnits: 0, s3Puts: 0, s3Gets: 0, sqsRequests: 0 };
}

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** SQS's entries in one request. */
const BATCH = 10;

/**
 * Counts a table's units: a write unit for each kB begun of a row, twice that in a transaction, which a write with a condition
 * or an addition is, too (dynamo-table.ts); a read unit for each 4 kB begun, half of one if they may be old. `written` and `read` have
 * the units by partition.
 */
export function countedTable(
  table: Table,
  counts: Operations,
  written = new Map<string, number>(),
  read = new Map<string, number>(),
): Table {
  const bytesOf = (row: TableRow | undefined) => (row === undefined ? 0 : JSON.stringify(row).length);
  const unitsFor = (bytes: number, unit: number) => Math.max(1, Math.ceil(bytes / unit));

  function countRead(pk: string, bytes: number, { mayBeOld }: Reading = {}): void {
    const units = unitsFor(bytes, READ_UNIT_BYTES) * (mayBeOld ? 0.5 : 1);
    counts.readUnits += units;
    read.set(pk, (read.get(pk) ?? 0) + units);
  }

  async function unitsOf(write: TableWrite): Promise<number> {
    const bytes = write.kind === 'put' ? bytesOf(write.row) : bytesOf(await table.get(keyOf(write)));
    return unitsFor(bytes, WRITE_UNIT_BYTES);
  }

  return {
    get: async (key, reading) => {
      const row = await table.get(key, reading);
      countRead(key.pk, bytesOf(row), reading);
      return row;
    },
    query: async function* (query) {
      let bytes = 0;
      try {
        for await (const row of table.query(query)) {
          bytes += bytesOf(row);
          yield row;
        }
      } finally {
        countRead(query.pk, bytes, query);
      }
    },
    write: async (writes) => {
      const result = await table.write(writes);
      const [only] = writes;
      const factor = writes.length === 1 && only !== undefined && isPlain(only) ? 1 : 2;
      // Not `+= await`: that would forget what other writes have added meanwhile.
      const units = await Promise.all(writes.map(unitsOf));
      for (const [nth, write] of writes.entries()) {
        const { pk } = keyOf(write);
        const each = factor * (units[nth] ?? 0);
        counts.writeUnits += each;
        written.set(pk, (written.get(pk) ?? 0) + each);
      }
      return result;
    },
  };
}

function keyOf(write: TableWrite): TableKey {
  return write.kind === 'put' ? write.row : write.key;
}

function isPlain(write: TableWrite): boolean {
  if (write.kind === 'update' && write.mayRepeat) return true;
  return !write.onlyIf && (write.kind !== 'update' || Object.keys(write.add ?? {}).length === 0);
}

/** Counts requests. */
export function countedStore(store: ObjectStore, counts: Operations): ObjectStore {
  return {
    put: async (key, body, options) => {
      counts.s3Puts += 1;
      return await store.put(key, body, options);
    },
    get: async (key, from) => {
      counts.s3Gets += 1;
      return await store.get(key, from);
    },
    head: async (key) => {
      counts.s3Gets += 1;
      return await store.head(key);
    },
    list: (prefix) => {
      counts.s3Puts += 1;
      return store.list(prefix);
    },
    delete: (key) => store.delete(key),
  };
}

export function countedQueue(queue: Queue, counts: Operations): Queue {
  const batches = (entries: readonly unknown[]) => Math.ceil(entries.length / BATCH);
  return {
    send: async (messages) => {
      counts.sqsRequests += batches(messages);
      await queue.send(messages);
    },
    receive: async (...asked) => {
      counts.sqsRequests += 1;
      return await queue.receive(...asked);
    },
    delete: async (receipts) => {
      counts.sqsRequests += batches(receipts);
      await queue.delete(receipts);
    },
    setVisibility: async (receipts, seconds) => {
      counts.sqsRequests += batches(receipts);
      await queue.setVisibility(receipts, seconds);
    },
  };
}
