import { parseWorkMessage } from '../../../shared/pipeline/batch/messages.ts';
import type { TableRow } from '../../../shared/pipeline/ports.ts';
import { itemOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Process } from '../process.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * What follows the death of a worker: it counts as shared only where another item lost its lease too, and whoever sweeps
 * sends a message for each item that it set free, which else would wait for somebody to find it.
 */
export function watchDeaths({ scenario, facts, actor, now }: Watched, tell: Tell): Watch {
  /** Rows whose lease had run out at some time. */
  const ranOut = new Set<number>();
  /** By row, who set it free and has not sent its message yet. */
  const free = new Map<number, Process | undefined>();

  const hasRunOut = (row: TableRow) =>
    row.state === 'working' && Number(row.leaseUntilMs) <= now() + scenario.skewMs;

  function onItem({ before, after }: RowChange): void {
    if (before === undefined || after === undefined) return;
    const row = Number(after.row);
    if (hasRunOut(before)) ranOut.add(row);
    if (before.state === after.state) return;
    free.delete(row);
    if (before.state !== 'working') return;
    if (after.state === 'queued') free.set(row, actor());
    // On one machine, whoever starts ends all leases.
    if (scenario.stage === 'deployed' && sharedDeaths(after) > sharedDeaths(before)) checkShared(row, before);
  }

  function checkShared(row: number, { leaseOthers }: TableRow): void {
    const others = [...facts.items.values()].filter((item) => item.row !== row);
    if (
      Number(leaseOthers ?? 0) > 0 ||
      others.some(({ row, stored }) => ranOut.has(row) || hasRunOut(stored))
    )
      return;
    tell('I8', `row ${row}: its death counts as shared, and no other item has lost its lease`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) if (change.key.sk.startsWith('ITEM#')) onItem(change);
    },
    onWorkSent: (bodies) => {
      for (const body of bodies) free.delete(parseWorkMessage(body).row);
    },
    onSwept: (process, isWhole) => {
      for (const [row, by] of free) {
        if (by !== process) continue;
        if (isWhole) tell('end', `${process.name} set row ${row} free, and sent no message for it`);
        free.delete(row);
      }
    },
  };
}

function sharedDeaths(row: TableRow): number {
  return itemOf(row).history.sharedCrashes ?? 0;
}
