import type { ItemRef } from '../../shared/domain/item/item.ts';
import type { GenerateResult } from '../../shared/pipeline/image/wait-reason.ts';

/** How long a second message of an item waits. */
const WAIT_MS = 30_000;

/** Keeps one process from paying twice for an item: after a sleep or clock jump, leases and visibility end while calls run on. */
export function createItemsInProgress() {
  const inHand = new Set<string>();
  return {
    once: async (
      { batch, row, variant }: ItemRef,
      work: () => Promise<GenerateResult>,
    ): Promise<GenerateResult> => {
      const item = `${batch}/${row}/${variant}`;
      if (inHand.has(item)) return { kind: 'wait', waitMs: WAIT_MS };
      inHand.add(item);
      try {
        return await work();
      } finally {
        inHand.delete(item);
      }
    },
  };
}
