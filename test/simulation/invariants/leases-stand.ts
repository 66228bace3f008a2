import type { TableRow } from '../../../shared/pipeline/ports.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Process } from '../process.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * What somebody holds is left to them while their lease stands: nobody else ends the attempt of an item, and nobody else
 * finishes a batch. On one machine, whoever starts knows that the one before is dead. It does not know of a command in another
 * terminal that finishes a batch; what that one writes afterwards is refused, by the table and by the store.
 */
export function watchLeases({ scenario, facts, actor, now }: Watched, tell: Tell): Watch {
  let finisher: Process | undefined;

  function isTaken(holder: Process | undefined, untilMs: number): boolean {
    if (untilMs <= now() + scenario.skewMs || holder === actor()) return false;
    return !(scenario.stage === 'local' && holder?.dead);
  }

  function onItem({ key, before, after }: RowChange): void {
    if (before?.state !== 'working' || after?.state === 'working') return;
    const claims = facts.items.get(Number(before.row))?.claims ?? [];
    const claim = claims.find(({ attempt }) => attempt === before.attempt);
    if (isTaken(claim?.by, numberOf(before, 'leaseUntilMs'))) {
      tell('I4', `${key.sk}: ${actor()?.name} ended ${before.attempt} while its lease stood`);
    }
  }

  function onBatch({ before, after }: RowChange): void {
    // Who cancels an item makes sure that the batch is still cancelled, by writing what stands there.
    if (before?.finishUntilMs !== undefined && before.finishUntilMs === after?.finishUntilMs) return;
    const isTakenOver = before?.state === 'finishing' && isTaken(finisher, numberOf(before, 'finishUntilMs'));
    if (isTakenOver && !(scenario.stage === 'local' && isCommand(finisher) && !isCommand(actor()))) {
      tell('end', `${actor()?.name} went on with the batch while ${finisher?.name} was finishing it`);
    }
    finisher = after?.state === 'finishing' ? actor() : undefined;
  }

  return {
    onRows: (changes) => {
      for (const change of changes) {
        if (change.key.sk.startsWith('ITEM#')) onItem(change);
        else if (change.key.sk === 'BATCH') onBatch(change);
      }
    },
  };
}

/** Commands are processes beside the stage's own. */
function isCommand(process: Process | undefined): boolean {
  return /^(cancel|retry)-/.test(process?.name ?? '');
}

function numberOf(row: TableRow, field: string): number {
  return Number(row[field]);
}
