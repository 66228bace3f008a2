import { FAILURES, LONGEST_RATE_WAIT_MS } from '../../../shared/domain/calls/failure.ts';
import { MAX_BILLABLE_ATTEMPTS } from '../../../shared/domain/item/retry.ts';
import type { Charge } from '../../../shared/domain/money/charge.ts';
import { type ItemFacts, itemOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * An item is taken for a call only while fewer attempts than the limit were, or may have been, billed: by its charges, not
 * by what it says of itself. And every wait ends: none is longer than a provider may ask for.
 */
export function watchLimits({ scenario, facts, now }: Watched, tell: Tell): Watch {
  /** Charges that an item had when a person sent it to work again: they count no more. */
  const forgiven = new WeakMap<ItemFacts, number>();

  function onItem(item: ItemFacts, { key, before, after }: RowChange): void {
    if (after === undefined) return;
    const { state, history } = itemOf(after);
    const count = [...item.charges.values()].filter(isCounted).length;
    if (before?.state === 'failed' || before?.state === 'cancelled') forgiven.set(item, count);
    if (state.kind === 'queued' && state.notBeforeMs > now() + LONGEST_RATE_WAIT_MS + 2 * scenario.skewMs)
      tell('end', `${key.sk} waits until ${new Date(state.notBeforeMs).toISOString()}`);
    if (state.kind !== 'working' || before?.state === 'working') return;
    const counted = count - (forgiven.get(item) ?? 0) - (history.sharedCrashes ?? 0);
    if (counted >= MAX_BILLABLE_ATTEMPTS)
      tell('I8', `${key.sk} was taken for a call after ${counted} that may have been billed`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) {
        if (!change.key.sk.startsWith('ITEM#')) continue;
        const item = facts.items.get(Number(change.after?.row));
        if (item !== undefined) onItem(item, change);
      }
    },
  };
}

/** What only a person can fix counts against nothing, however much of it was paid for. */
function isCounted({ outcome }: Charge): boolean {
  if (outcome === 'image' || outcome === 'duplicate') return false;
  return outcome === 'unknown' || FAILURES[outcome].remedy.kind !== 'operator';
}
