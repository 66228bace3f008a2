import type { ItemFacts } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Process } from '../process.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I4: the first image of an item is the one that is kept. Whoever ends the attempt of a dead worker finds what that had put;
 * nobody puts a second image beside one that was there when his own came; and one that came after its item was given up is
 * taken all the same.
 */
export function watchKeptImages({ scenario, facts, actor, now, lastFaultMs }: Watched, tell: Tell): Watch {
  /** Items that had no image when the charge of one was booked: by whom, and when. */
  const late = new Map<ItemFacts, { readonly by: Process | undefined; readonly atMs: number }>();

  function onItem(item: ItemFacts, { key, before, after }: RowChange): void {
    if (before?.state === after?.state) return;
    late.delete(item);
    // On one machine, whoever starts ends attempts whose lease still stands: their images may be on their way.
    if (scenario.stage === 'local' || before?.state !== 'working' || after?.state === 'done') return;
    const holder = item.claims.find(({ attempt }) => attempt === before.attempt)?.by;
    const wasThere = (item.firstImage?.atMs ?? now()) < Number(before.leaseUntilMs) - scenario.skewMs;
    if (holder !== actor() && wasThere)
      tell('I4', `${key.sk} became ${after?.state}, and its image had been in the store`);
  }

  function onCharge({ after }: RowChange): void {
    const item = facts.items.get(Number(after?.row));
    if (item === undefined || after?.outcome !== 'image' || facts.batch()?.state === 'finishing') return;
    if (isGivenUp(item)) late.set(item, { by: actor(), atMs: now() });
  }

  function onObject(key: string): void {
    const item = facts.itemOfImage(key);
    if (item?.firstImage === undefined || item.firstImage.key === key) return;
    const call = item.calls.findLast(({ process }) => process === actor());
    if (call !== undefined && item.firstImage.atMs < call.answeredAtMs)
      tell('I4', `${key} was put, and ${item.firstImage.key} was there when its call was answered`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) {
        const { key, after } = change;
        const item = key.sk.startsWith('ITEM#') ? facts.items.get(Number(after?.row)) : undefined;
        if (item !== undefined) onItem(item, change);
        // While its manifest is written, nothing of it is taken.
        if (key.sk === 'BATCH' && after?.state === 'finishing') late.clear();
      }
      for (const change of changes) if (change.key.pk.startsWith('CHARGES#')) onCharge(change);
    },
    onObject,
    onIdle: (item, process) => {
      const image = late.get(item);
      if (image === undefined || image.by !== process || process.dead || !isGivenUp(item)) return;
      if (lastFaultMs(process) < image.atMs)
        tell(
          'I4',
          `row ${item.row} is ${item.stored.state}, and an image of it that came late was not taken`,
        );
    },
  };
}

function isGivenUp({ stored }: ItemFacts): boolean {
  return stored.state === 'failed' || stored.state === 'cancelled';
}
