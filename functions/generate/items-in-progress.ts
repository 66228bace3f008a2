import type { ItemRef } from '../../shared/domain/item/item.ts';
import type { GenerateResult } from '../../shared/pipeline/image/wait-reason.ts';

/** How long a second message of an item waits. */
const WAIT_MS = 30_000;

/**
 * Keeps one process from working twice on an item. After the machine slept, or its clock jumped, leases and visibility are
 * over at a stroke, and the message comes again while the call's response is on its way: that call must not be paid twice.
 */
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
