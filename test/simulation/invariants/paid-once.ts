import type { TableRow } from '../../../shared/pipeline/ports.ts';
import type { Claim, ItemFacts } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Call } from '../provider.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I4: an image that is in the store is never paid for again: no attempt that began after an image of its item was put makes
 * a call. And, so that two do not pay at once: nobody takes an item whose lease still runs.
 */
export function watchPaidOnce({ scenario, now }: Watched, tell: Tell): Watch {
  function onCall(call: Call, item: ItemFacts, claim: Claim | undefined): void {
    if (claim === undefined) {
      tell('I4', `row ${item.row}: call ${call.number} was made without a claim`);
      return;
    }
    const { firstImage } = item;
    if (firstImage !== undefined && firstImage.step < claim.step) {
      tell(
        'I4',
        `row ${item.row}: call ${call.number} was made, though attempt ${claim.attempt} began (step ${claim.step}) ` +
          `after an image was in the store (step ${firstImage.step})`,
      );
    }
  }

  function onItem({ key, before, after }: RowChange): void {
    if (before?.state !== 'working' || after?.state !== 'working') return;
    if (before.attempt === after.attempt || leaseUntilMs(before) <= now() + scenario.skewMs) return;
    tell('I4', `${key.sk} was taken by ${after.attempt} while the lease of ${before.attempt} ran`);
  }

  return {
    onCall,
    onRows: (changes) => {
      for (const change of changes) if (change.key.sk.startsWith('ITEM#')) onItem(change);
    },
  };
}

function leaseUntilMs(row: TableRow): number {
  return Number(row.leaseUntilMs);
}
