import type { Item, Lease } from '../domain/item.ts';
import { decideAfterCrash } from '../domain/retry.ts';
import { type Attempt, attemptOf, chargeOfUnknown } from './attempt.ts';
import type { Effects } from './effects.ts';
import { bookLate } from './ledger.ts';
import type { Condition } from './ports.ts';
import { endAttempt, stateAfter } from './record.ts';
import { itemKey, rowToItem, stateFields } from './rows/item-row.ts';
import { findStoredImage } from './stored-image.ts';

/** How long a worker holds an item without renewing; a killed worker's items start again after it. */
export const LEASE_MS = 90_000;

export type Claim =
  | { readonly kind: 'claimed'; readonly attempt: Attempt }
  /** Nobody may work on it before that. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'ended' };

/** Takes an item for one attempt, if it may be taken now; a lost attempt of a dead worker is settled first. */
export async function claimItem(effects: Effects, item: Item): Promise<Claim> {
  const nowMs = effects.clock.now();
  switch (item.state.kind) {
    case 'done':
    case 'failed':
    case 'cancelled':
      return { kind: 'ended' };
    case 'queued':
      if (item.state.notBeforeMs > nowMs) return { kind: 'wait', waitMs: item.state.notBeforeMs - nowMs };
      return await takeLease(effects, item);
    case 'working': {
      if (item.state.lease.untilMs > nowMs) return { kind: 'wait', waitMs: item.state.lease.untilMs - nowMs };
      await settleIfLost(effects, item);
      const settled = await effects.table.get(itemKey(item));
      return settled === undefined ? { kind: 'ended' } : await claimItem(effects, rowToItem(settled));
    }
  }
}

/** Settles the attempt that holds an item, where its lease has run out. */
export async function settleIfLost(effects: Effects, item: Item): Promise<void> {
  const nowMs = effects.clock.now();
  if (item.state.kind !== 'working' || item.state.lease.untilMs > nowMs) return;
  await settleLostAttempt(effects, item, item.state.lease, nowMs);
}

/**
 * Settles an attempt whose worker is gone, its lease having run out by `leaseEndedByMs`: an image that it put is
 * adopted and paid for once (I4); otherwise the attempt is booked as of unknown outcome and the item starts again.
 */
export async function settleLostAttempt(
  effects: Effects,
  item: Item,
  lease: Lease,
  leaseEndedByMs: number,
): Promise<void> {
  const stored = await findStoredImage(effects, item);
  const held = { item, attempt: lease.attempt, leaseEndedByMs };
  if (stored !== undefined) {
    const own = stored.charge.attempt === lease.attempt;
    const charge = own ? stored.charge : chargeOfUnknown(attemptOf(effects, item, lease));
    await endAttempt(effects, {
      ...held,
      state: { kind: 'done', image: stored.image, attempt: stored.charge.attempt },
      charge,
    });
    if (!own) await bookLate(effects, stored.charge);
    return;
  }
  const decision = decideAfterCrash(item.history, effects.unknownOutcomes);
  const message =
    effects.unknownOutcomes === 'hold'
      ? 'the worker died during the call; it may have been billed'
      : 'the worker died during each of several attempts';
  await endAttempt(effects, {
    ...held,
    ...stateAfter(effects, decision, { message }),
    charge: chargeOfUnknown(attemptOf(effects, item, lease)),
  });
}

async function takeLease(effects: Effects, item: Item): Promise<Claim> {
  const startedAtMs = effects.clock.now();
  const lease = { attempt: effects.newAttemptId(), startedAtMs, untilMs: startedAtMs + LEASE_MS };
  const attempt = attemptOf(effects, item, lease);
  const isStillQueued: Condition = { kind: 'equals', field: 'state', value: 'queued' };
  const result = await effects.table.write([
    {
      kind: 'update',
      key: itemKey(item),
      set: stateFields({ kind: 'working', lease }),
      onlyIf: isStillQueued,
    },
  ]);
  if (result.kind === 'written') return { kind: 'claimed', attempt };
  return { kind: 'wait', waitMs: 1_000 };
}
