import type { Random } from '../../../local/simulator/random.ts';
import type { Table, TableKey, TableRow } from '../../../shared/pipeline/ports.ts';
import { collect } from '../../support/collect.ts';
import type { RowChange } from './memory-table.ts';

interface OldReadings {
  readonly table: Table;
  /** Told of each write that happened. */
  seeRows(changes: readonly RowChange[]): void;
}

/** DynamoDB's copies are mostly up to date within a second; a step of the simulated world takes some milliseconds. */
const LAG_MS = 1_000;

/** A table each second of whose readings that may be old misses what was written within the last second. */
export function oldReadings(table: Table, now: () => number, random: Random): OldReadings {
  const changed = new Map<string, { readonly change: RowChange; readonly atMs: number }>();

  function changeOf(key: TableKey): RowChange | undefined {
    const last = changed.get(nameOf(key));
    return last !== undefined && last.atMs > now() - LAG_MS ? last.change : undefined;
  }

  async function get(...[key, reading]: Parameters<Table['get']>): Promise<TableRow | undefined> {
    const missed = reading?.mayBeOld && random.chance(0.5) ? changeOf(key) : undefined;
    return missed === undefined ? await table.get(key) : missed.before;
  }

  async function* query(asked: Parameters<Table['query']>[0]): AsyncGenerator<TableRow> {
    if (!asked.mayBeOld || !random.chance(0.5)) return yield* table.query(asked);
    const rows = (await collect(table.query(asked))).filter((row) => changeOf(row) === undefined);
    const missed = [...changed.values()].filter(
      ({ change: { key } }) => isAsked(asked, key) && changeOf(key),
    );
    yield* [...rows, ...missed.flatMap(({ change }) => change.before ?? [])].sort((a, b) =>
      a.sk < b.sk ? -1 : 1,
    );
  }

  return {
    table: { ...table, get, query },
    seeRows: (changes) => {
      for (const change of changes) changed.set(nameOf(change.key), { change, atMs: now() });
    },
  };
}

function isAsked({ pk, skPrefix = '' }: Parameters<Table['query']>[0], key: TableKey): boolean {
  return key.pk === pk && key.sk.startsWith(skPrefix);
}

function nameOf({ pk, sk }: TableKey): string {
  return `${pk} / ${sk}`;
}
