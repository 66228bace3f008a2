import type { LendMemory } from '../../provider/types.ts';
import { createBufferPool } from './buffer-pool.ts';
import { createByteBudget } from './byte-budget.ts';

/** Lends memory for responses, all returned when its user ends. */
export function createLender(limit: number): LendMemory {
  const budget = createByteBudget(limit);
  const pool = createBufferPool(limit);
  return async (use) => {
    const loan = budget.open();
    const buffers = new Set<Buffer>();
    try {
      return await use({
        reserve: loan.acquire,
        buffer(bytes) {
          const buffer = pool.take(bytes);
          buffers.add(buffer);
          return buffer;
        },
        recycle(buffer) {
          if (buffers.delete(buffer)) pool.give(buffer);
        },
      });
    } finally {
      for (const buffer of buffers) pool.give(buffer);
      loan.giveBack();
    }
  };
}
