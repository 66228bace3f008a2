import { waitBeforeRetry } from '../../shared/aws/backoff.ts';
import { type Clock, type Table, TableBusyError, type TableWrite } from '../../shared/pipeline/ports.ts';

/** What writes met on their way. */
export interface Contention {
  writes: number;
  conflicts: number;
  /** The most conflicts that one write had. */
  mostOfOne: number;
  busy: number;
}

export function noContention(): Contention {
  return { writes: 0, conflicts: 0, mostOfOne: 0, busy: 0 };
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: () => number;
  readonly contention: Contention;
}

/** How long DynamoDB takes, believed: a reading, a plain write, a transaction. */
const READ_MS = 5;
const WRITE_MS = 10;
const TRANSACTION_MS = 25;
/** As in `shared/aws/dynamo/dynamo-transaction.ts`. */
const MOST_TRIES = 14;

/**
 * A table that takes its time, in which a transaction is refused while another write is at one of its rows, and a write while a
 * transaction is: as DynamoDB documents it (`TransactionConflict`). They try again as the adapter does.
 */
export function contendedTable(table: Table, { clock, random, contention }: Surroundings): Table {
  const inTransaction = new Map<string, number>();
  const inWrite = new Map<string, number>();
  const backoff = { random, sleep: (ms: number) => clock.sleep(ms) };

  async function write(writes: readonly TableWrite[]) {
    const rows = writes.map(rowOf);
    const isTransaction = writes.length > 1 || !writes.every(isPlain);
    const meets = (row: string) => inTransaction.has(row) || (isTransaction && inWrite.has(row));
    contention.writes += 1;
    for (let tries = 1; rows.some(meets); tries += 1) {
      contention.conflicts += 1;
      contention.mostOfOne = Math.max(contention.mostOfOne, tries);
      if (tries === MOST_TRIES) {
        contention.busy += 1;
        throw new TableBusyError('the table stayed busy over all tries');
      }
      await waitBeforeRetry(backoff, tries);
    }
    const places = isTransaction ? inTransaction : inWrite;
    for (const row of rows) places.set(row, (places.get(row) ?? 0) + 1);
    await clock.sleep(isTransaction ? TRANSACTION_MS : WRITE_MS);
    for (const row of rows) leave(places, row);
    return await table.write(writes);
  }

  return {
    get: async (...asked) => {
      await clock.sleep(READ_MS);
      return await table.get(...asked);
    },
    query: async function* (query) {
      await clock.sleep(READ_MS);
      yield* table.query(query);
    },
    write,
  };
}

function leave(places: Map<string, number>, row: string): void {
  const left = (places.get(row) ?? 0) - 1;
  if (left > 0) places.set(row, left);
  else places.delete(row);
}

function rowOf(write: TableWrite): string {
  const { pk, sk } = write.kind === 'put' ? write.row : write.key;
  return `${pk} / ${sk}`;
}

function isPlain(write: TableWrite): boolean {
  if (write.kind === 'update' && write.mayRepeat) return true;
  return !write.onlyIf && (write.kind !== 'update' || Object.keys(write.add ?? {}).length === 0);
}
