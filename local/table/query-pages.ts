import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Table, TableQuery, TableRow } from '../../shared/pipeline/ports.ts';
import { rowOfText } from './stored-row.ts';

/** Rows read at once, so that the event loop continues and no lock outlives a page. */
const ROWS_OF_PAGE = 250;
/** Sorts after every key with the prefix. */
const LAST_CHARACTER = '\u{10ffff}';

type Bounds = readonly [from: string, to: string];

/** By page, so that other processes can write between two. */
export function queryPages(database: DatabaseSync): Table['query'] {
  const ascending = database.prepare(
    'SELECT sk, fields FROM rows WHERE pk = ? AND sk >= ? AND sk <= ? AND sk > ? ORDER BY sk LIMIT ?',
  );
  const descending = database.prepare(
    'SELECT sk, fields FROM rows WHERE pk = ? AND sk >= ? AND sk <= ? AND sk < ? ORDER BY sk DESC LIMIT ?',
  );
  ascending.setReturnArrays(true);
  descending.setReturnArrays(true);

  function page(query: TableQuery, [from, to]: Bounds, after: string, limit: number): TableRow[] {
    const statement = query.descending ? descending : ascending;
    const found: unknown[] = statement.all(query.pk, from, to, after, limit);
    return found.map((row) => {
      const [sk, fields]: unknown[] = Array.isArray(row) ? row : [];
      return rowOfText(query.pk, String(sk), fields);
    });
  }

  return async function* (query) {
    const bounds = boundsOf(query);
    let after = query.descending ? `${bounds[1]}${LAST_CHARACTER}` : '';
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const limit = Math.min(left, ROWS_OF_PAGE);
      const rows = page(query, bounds, after, limit);
      yield* rows;
      left -= rows.length;
      if (rows.length < limit) return;
      after = rows.at(-1)?.sk ?? after;
      await setImmediate();
    }
  };
}

function boundsOf({ skPrefix, skBetween }: TableQuery): Bounds {
  if (skPrefix && skBetween) throw new Error('a query takes skPrefix or skBetween, not both');
  return skBetween ?? [skPrefix ?? '', `${skPrefix ?? ''}${LAST_CHARACTER}`];
}
