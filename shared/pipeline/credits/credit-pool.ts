import type { Item } from '../../domain/item/item.ts';
import type { Effects } from '../effects.ts';
import type { BatchBook } from '../money/batch-book.ts';
import { balancesOf, enforced } from '../money/budgets.ts';
import { maxItemCost, spenderOf } from '../money/call-terms.ts';
import { NOT_YET, type Reserved, reserveNow, unlimitedCall, watch } from './call-reservation.ts';
import { join } from './hand-over.ts';
import { createReservationPool, type ReservationPool, waitingFor } from './reservation-pool.ts';
import type { QueuePlace, WaitingCalls } from './waiting-calls.ts';

interface CreditWait {
  /** Since when it has waited in this process. */
  readonly sinceMs: number;
  /** Whether it may still start. */
  readonly mayBegin: () => Promise<boolean>;
}

interface Patience {
  /** How long a call waits here before its message goes back to the queue. */
  readonly patienceMs: number;
  readonly stopping?: AbortSignal;
}

type ReservedInTime =
  | Exclude<Reserved, { kind: 'not-yet' }>
  | { readonly kind: 'wait'; readonly waitMs: number };

/** The credits that one process reserves for many calls, so that no balance is a hot key. Unused ones serve the next call. */
export interface CreditPool {
  reserveFor(item: Item, wait: CreditWait): Promise<ReservedInTime>;
  /** Joins an invocation; `queued` counts its calls that will still ask. Returns how to leave: the last one releases all. */
  join(queued: () => number): () => Promise<void>;
}

/** Other processes' credits return when their calls end. Own ones wake the waiting calls. */
const FIRST_LOOK_MS = 250;
const LONGEST_LOOK_MS = 4_000;
/** How long a message stays away after waiting in vain: once to twice as long. */
const AWAY_MS = 5_000;
/** As with permits: a process with a call in progress lives on anyway. */
const PATIENCE_WHILE_CALLING_MS = 20_000;

export function createCreditPool(effects: Effects, book: BatchBook, patience: Patience): CreditPool {
  const pool = createReservationPool(effects, book);

  async function reserveFor(item: Item, wait: CreditWait): Promise<ReservedInTime> {
    const nowMs = effects.clock.now();
    const all = balancesOf(await book.budgetsOf(item.batch), spenderOf(effects, item), nowMs);
    const balances = enforced(all);
    watch(pool, all);
    if (balances.length === 0) return { kind: 'reserved', reservation: unlimitedCall(pool, nowMs) };
    const line = waitingFor(pool, balances);
    const place = line.enter(maxItemCost(effects, item, nowMs));
    try {
      return await reserveInTurn(pool, { item, line, place, wait, patience });
    } finally {
      place.leave();
    }
  }

  return { reserveFor, join: (queued) => join(pool, queued) };
}

interface WaitingCall {
  readonly item: Item;
  readonly line: WaitingCalls;
  readonly place: QueuePlace;
  readonly wait: CreditWait;
  readonly patience: Patience;
}

async function reserveInTurn(pool: ReservationPool, call: WaitingCall): Promise<ReservedInTime> {
  const { clock, random } = pool.effects;
  const { place, wait, patience } = call;
  for (let looks = 0; ; looks += 1) {
    const result = await pool.oneAtATime(() => reserveIfFirst(pool, call));
    if (result.kind !== 'not-yet') return result;
    const lookMs = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks * (1 + random()));
    const waitMs = result.lookMs ?? Math.round(lookMs);
    if (clock.now() + waitMs > wait.sinceMs + patienceMs(pool, patience)) {
      return { kind: 'wait', waitMs: Math.round((result.lookMs ?? AWAY_MS) * (1 + random())) };
    }
    await place.wait(waitMs, patience.stopping);
    if (patience.stopping?.aborted || !(await wait.mayBegin())) return { kind: 'wait', waitMs: 0 };
  }
}

/** While nothing is free, only the first in line looks again. */
async function reserveIfFirst(pool: ReservationPool, { item, line, place }: WaitingCall): Promise<Reserved> {
  if (line.lacksCredits && !place.isFirst()) return NOT_YET;
  const result = await reserveNow(pool, item);
  line.lacksCredits = result.kind === 'not-yet';
  return result;
}

function patienceMs({ written }: ReservationPool, { patienceMs: own }: Patience): number {
  const isCalling = [...written].some(({ calls }) => calls > 0);
  return own > 0 && isCalling ? Math.max(own, PATIENCE_WHILE_CALLING_MS) : own;
}
