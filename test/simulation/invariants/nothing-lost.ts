import type { TableRow } from '../../../shared/pipeline/ports.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I1: nothing accepted is lost. An item never vanishes; one that has ended stays as it ended; and once the file is read,
 * its rows are exactly the items and rejected lines that the file asks for.
 */
export function watchItems({ scenario, facts, table }: Watched, tell: Tell): Watch {
  function onItem({ key, before, after }: RowChange): void {
    if (after === undefined) {
      tell('I1', `${key.sk} was deleted`);
      return;
    }
    if (before === undefined || !hasEnded(before) || mayBegin(before, after)) return;
    if (before.state !== after.state || imageKeyOf(before) !== imageKeyOf(after)) {
      tell('I1', `${key.sk} had ended as ${before.state} and became ${after.state}`);
    }
  }

  /** An image that comes late is kept: its item is done after all. And a person may send to work again what has no image. */
  function mayBegin(before: TableRow, after: TableRow): boolean {
    if (before.state !== 'failed' && before.state !== 'cancelled') return false;
    return after.state === 'done' || (after.state === 'queued' && scenario.commands.retries.length > 0);
  }

  function onBatch({ before, after }: RowChange): void {
    if (before?.state !== 'ingesting' || after?.state !== 'running') return;
    const { items, rejected } = after;
    if (items !== scenario.items.length || rejected !== scenario.rejected.length) {
      tell(
        'I1',
        `the file has ${scenario.items.length} + ${scenario.rejected.length} rows, the batch ${items} + ${rejected}`,
      );
    }
    const missing = scenario.items.filter((row) => !facts.items.has(row));
    if (missing.length > 0) tell('I1', `rows ${missing.join(', ')} were taken in and are no items`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) {
        if (change.key.sk.startsWith('ITEM#')) onItem(change);
        else if (change.key.sk === 'BATCH') onBatch(change);
      }
    },
    atEnd: () => {
      const open = [...facts.items.values()].filter(({ stored }) => !hasEnded(stored));
      for (const { row, stored } of open) tell('I1', `row ${row} is ${stored.state} at the end`);
      const surplus = [...facts.items.keys()].filter((row) => !scenario.items.includes(row));
      if (surplus.length > 0)
        tell('I1', `rows ${surplus.join(', ')} are items and should have been rejected`);
      const rejected = [...table.rows()].filter(({ pk }) => pk.endsWith('#REJECTED')).map((row) => row.row);
      if (rejected.join() !== scenario.rejected.join())
        tell('I1', `rejected are rows ${rejected.join(', ')}`);
    },
  };
}

function hasEnded(row: TableRow): boolean {
  return row.state !== 'queued' && row.state !== 'working';
}

function imageKeyOf(row: TableRow): unknown {
  const image = row.image;
  return typeof image === 'object' && image !== null && 'sha256' in image ? image.sha256 : undefined;
}
