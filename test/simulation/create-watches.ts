import { watchBatch } from './invariants/batch-completion.ts';
import { watchBookings } from './invariants/booked-once.ts';
import { watchBudgets } from './invariants/budgets-hold.ts';
import { watchCheckpoints } from './invariants/checkpoints.ts';
import { watchDeaths } from './invariants/deaths-end-well.ts';
import { watchBill } from './invariants/every-call-booked.ts';
import { watchImages } from './invariants/images-as-recorded.ts';
import { watchKeptImages } from './invariants/images-kept.ts';
import { watchLeases } from './invariants/leases-stand.ts';
import { watchLimits } from './invariants/limits-hold.ts';
import { watchItems } from './invariants/nothing-lost.ts';
import { watchOperatorTrouble } from './invariants/operator-trouble.ts';
import { watchPaidOnce } from './invariants/paid-once.ts';
import { watchRollUps } from './invariants/roll-ups.ts';
import type { Tell, Watch, Watched } from './watch.ts';

/** One watch an invariant. */
export function createWatches(watched: Watched, tell: Tell): readonly Watch[] {
  return [
    watchItems(watched, tell),
    watchImages(watched, tell),
    watchBill(watched, tell),
    watchPaidOnce(watched, tell),
    watchKeptImages(watched, tell),
    watchBookings(watched, tell),
    watchCheckpoints(watched, tell),
    watchLeases(watched, tell),
    watchDeaths(watched, tell),
    watchLimits(watched, tell),
    watchRollUps(watched, tell),
    watchBudgets(watched, tell),
    watchOperatorTrouble(watched, tell),
    watchBatch(watched, tell),
  ];
}
