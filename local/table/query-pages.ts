import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Table, TableQuery, TableRow } from '../../shared/pipeline/ports.ts';
import { rowOfText } from './stored-row.ts';

/** Rows read at once, so that the event loop continues and no lock outlives a page. */
const ROWS_OF_PAGE = 250;
/** Sorts after every key with the prefix. */
const LAST_CHARACTER = '\u{10ffff}';

/** SQLite finds one bound at each end: of two at one end, it would read all rows between them, page after page. */
type Bounds = readonly [from: string, before: string];

/** By page, so that other processes can write between two. */
export function queryPages(database: Pick<DatabaseSync, 'prepare'>): Table['query'] {
  const within = 'SELECT sk, fields FROM rows WHERE pk = ? AND sk >= ? AND sk < ?';
  const ascending = database.prepare(`${within} ORDER BY sk LIMIT ?`);
  const descending = database.prepare(`${within} ORDER BY sk DESC LIMIT ?`);
  ascending.setReturnArrays(true);
  descending.setReturnArrays(true);

  function page(query: TableQuery, [from, before]: Bounds, limit: number): TableRow[] {
    const statement = query.descending ? descending : ascending;
    const found: unknown[] = statement.all(query.pk, from, before, limit);
    return found.map((row) => {
      const [sk, fields]: unknown[] = Array.isArray(row) ? row : [];
      return rowOfText(query.pk, String(sk), fields);
    });
  }

  return async function* (query) {
    let bounds = boundsOf(query);
    let left = query.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const limit = Math.min(left, ROWS_OF_PAGE);
      const rows = page(query, bounds, limit);
      yield* rows;
      left -= rows.length;
      const last = rows.at(-1);
      if (rows.length < limit || last === undefined) return;
      bounds = query.descending ? [bounds[0], last.sk] : [keyAfter(last.sk), bounds[1]];
      await setImmediate();
    }
  };
}

function boundsOf({ skPrefix, skBetween }: TableQuery): Bounds {
  if (skPrefix && skBetween) throw new Error('a query takes skPrefix or skBetween, not both');
  const [from, to] = skBetween ?? [skPrefix ?? '', `${skPrefix ?? ''}${LAST_CHARACTER}`];
  return [from, keyAfter(to)];
}

/** The first key behind it that there can be. */
function keyAfter(sk: string): string {
  return `${sk}\0`;
}
