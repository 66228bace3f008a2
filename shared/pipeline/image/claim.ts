import type { Item, Lease, ReservedCredits } from '../../domain/item/item.ts';
import { decideAfterCrash, waitOf } from '../../domain/item/retry.ts';
import type { Charge } from '../../domain/money/charge.ts';
import { readItem } from '../batch/batch-items.ts';
import type { CreditPool } from '../credits/credit-pool.ts';
import type { Effects } from '../effects.ts';
import { type Attempt, attemptOf, chargeOfUnknown } from '../money/attempt.ts';
import type { BudgetReached } from '../money/budget-pause.ts';
import { readBudgets, uncoveredAccounts } from '../money/budgets.ts';
import { recordLateCharge } from '../money/ledger.ts';
import { callBeginWrite } from '../money/reservations.ts';
import type { Condition } from '../ports.ts';
import { itemKey, stateFields } from '../rows/item-row.ts';
import { bookOthersAsDuplicates } from './adopt.ts';
import { isHeldBy } from './item-writes.ts';
import { endAttempt, stateAfter } from './record.ts';
import { findStoredImage } from './stored-image.ts';

/** How long a worker holds an item without renewing its lease. */
export const LEASE_MS = 90_000;

export type Claim =
  | { readonly kind: 'claimed'; readonly attempt: Attempt }
  /** The item, or its credits, are not free before that. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | BudgetReached
  | { readonly kind: 'ended' };

export type Reserve = (item: Item) => ReturnType<CreditPool['reserveFor']>;

/** Claims an item for one attempt, if it may start; resolves a dead worker's attempt first. `others`: the worker's other items. */
export async function claimItem(
  effects: Effects,
  reserve: Reserve,
  item: Item,
  others: () => number = () => 0,
): Promise<Claim> {
  const nowMs = effects.clock.now();
  switch (item.state.kind) {
    case 'done':
    case 'reused':
    case 'failed':
    case 'cancelled':
      return { kind: 'ended' };
    case 'queued': {
      const waitMs = waitOf(item.state, nowMs);
      if (waitMs > 0) return { kind: 'wait', waitMs };
      return await claimLease(effects, reserve, item, { notBeforeMs: item.state.notBeforeMs, others });
    }
    case 'working': {
      if (item.state.lease.untilMs > nowMs) return { kind: 'wait', waitMs: item.state.lease.untilMs - nowMs };
      await resolveLostAttempt(effects, item, item.state.lease, { leaseEndedByMs: nowMs, isShared: false });
      const settled = await readItem(effects.table, item);
      return settled === undefined ? { kind: 'ended' } : await claimItem(effects, reserve, settled, others);
    }
  }
}

/** How a worker is known to be dead. */
interface Death {
  readonly leaseEndedByMs: number;
  /** Attempts of other items are known to have ended too; the lease may also say so. */
  readonly isShared: boolean;
}

/**
 * Resolves the attempt of a lease that ended by `leaseEndedByMs`: adopts its image, paid once (I4), or charges it as
 * unknown and restarts the item. Written at once, because the item's next call waits for it.
 */
export async function resolveLostAttempt(
  { commit: _, ...effects }: Effects,
  item: Item,
  lease: Lease,
  { leaseEndedByMs, isShared }: Death,
): Promise<void> {
  const stored = await findStoredImage(effects, item);
  const { attempt, startedAtMs, reserved } = lease;
  const ended = {
    item,
    attempt,
    startedAtMs,
    leaseEndedByMs,
    ...(reserved === undefined ? {} : { reserved }),
  };
  if (stored !== undefined) {
    const own = stored.charge.attempt === lease.attempt;
    const charge = own ? stored.charge : chargeOfUnknown(attemptOf(effects, item, lease));
    // First: once the item has ended, nothing looks again.
    if (!own) await recordLateCharge(effects, stored.charge);
    const state = { kind: 'done', image: stored.image, attempt: stored.charge.attempt } as const;
    const end = await endAttempt(effects, { ...ended, state, charge }, uncoveredBy(effects, reserved));
    if (end.kind === 'ended') await bookOthersAsDuplicates(effects, item, stored.charge.attempt);
    return;
  }
  const isAlone = !isShared && (lease.others ?? 0) === 0;
  const decision = decideAfterCrash(item.history, effects.unknownOutcomes, !isAlone);
  const message =
    effects.unknownOutcomes === 'hold'
      ? 'the worker died during the call; it may have been billed'
      : 'the worker died during each of several attempts';
  const charge = chargeOfUnknown(attemptOf(effects, item, lease));
  const end = { ...ended, ...stateAfter(effects, decision, { message }), charge };
  await endAttempt(effects, end, uncoveredBy(effects, reserved));
}

function uncoveredBy({ table }: Pick<Effects, 'table'>, reserved: ReservedCredits | undefined) {
  return async (charge: Charge) =>
    uncoveredAccounts(await readBudgets(table, charge.batch), charge, reserved?.accounts ?? []);
}

/** Reserves first: an item waiting for a budget holds no lease and uses up no attempt. */
async function claimLease(
  effects: Effects,
  reserve: Reserve,
  item: Item,
  { notBeforeMs, others }: { readonly notBeforeMs: number; readonly others: () => number },
): Promise<Claim> {
  const leave = await reserve(item);
  if (leave.kind !== 'reserved') return leave;
  const { reservation } = leave;
  const { atMs: startedAtMs, reserved } = reservation;
  const lease: Lease = {
    attempt: effects.newAttemptId(),
    startedAtMs,
    untilMs: effects.clock.now() + LEASE_MS,
    others: others(),
    ...(reserved === undefined ? {} : { reserved }),
  };
  const attempt = { ...attemptOf(effects, item, lease), reservation };
  const write = effects.table.write([
    {
      kind: 'update',
      key: itemKey(item),
      set: stateFields({ kind: 'working', lease }),
      onlyIf: { kind: 'any', of: [isAsRead(notBeforeMs), isHeldBy(lease.attempt)] },
      mayRepeat: true,
    },
    ...(reserved === undefined ? [] : [callBeginWrite(reserved)]),
  ]);
  const result = await write.catch((error: unknown) => {
    // Only the table knows whether the credits were taken.
    reservation.over();
    throw error;
  });
  if (result.kind === 'written') return { kind: 'claimed', attempt };
  reservation.unused();
  return { kind: 'wait', waitMs: 1_000 };
}

/** A later attempt has rescheduled the item: its history is not the one read. */
function isAsRead(notBeforeMs: number): Condition {
  return {
    kind: 'all',
    of: [
      { kind: 'equals', field: 'state', value: 'queued' },
      { kind: 'equals', field: 'notBeforeMs', value: notBeforeMs },
    ],
  };
}
