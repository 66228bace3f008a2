import type { Simulator } from '../../local/simulator/server.ts';
import type { BatchId } from '../../shared/domain/ids.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { chargesIn, disputes, verify } from '../support/ledger.ts';
import { itemsIn } from '../support/work.ts';

/** Ledger, items and the provider's bill beside each other. */
export interface Accounts {
  readonly items: number;
  readonly done: number;
  /** Items whose image is not in the store as the table says. */
  readonly missing: number;
  readonly calls: number;
  readonly imageCharges: number;
  readonly unknownCharges: number;
  readonly otherCharges: number;
  /** Items of which not exactly one image is charged. */
  readonly chargedTwice: number;
  /** Prompts for which the bill is not what the ledger says, within what it lists as unknown. */
  readonly disputes: readonly object[];
  readonly rollUpDifferences: number;
}

export async function accountsOf(effects: Effects, simulator: Simulator, batch: BatchId): Promise<Accounts> {
  const items = await itemsIn(effects, batch);
  const charges = await chargesIn(effects);
  const images = charges.filter(({ outcome }) => outcome === 'image');
  const byItem = Map.groupBy(images, ({ row, variant }) => `${row}#${variant}`);
  let missing = 0;
  for (const { state } of items) {
    if (state.kind !== 'done') continue;
    const head = await effects.store.head(state.image.key);
    if (head?.bytes !== state.image.bytes) missing += 1;
  }
  const unknown = charges.filter(({ outcome }) => outcome === 'unknown').length;
  return {
    items: items.length,
    done: items.filter(({ state }) => state.kind === 'done').length,
    missing,
    calls: simulator.totals().calls,
    imageCharges: images.length,
    unknownCharges: unknown,
    otherCharges: charges.length - images.length - unknown,
    chargedTwice: items.filter(({ row, variant }) => byItem.get(`${row}#${variant}`)?.length !== 1).length,
    disputes: disputes({ simulator }, items, charges),
    rollUpDifferences: (await verify(effects)).differences.length,
  };
}
