import type { Item, ItemRef } from '../../domain/item/item.ts';
import { waitOf } from '../../domain/item/retry.ts';
import { readItem } from '../batch/batch-items.ts';
import type { CreditPool } from '../credits/credit-pool.ts';
import type { Effects } from '../effects.ts';
import { pauseForBudget } from '../money/budget-pause.ts';
import { ConfigurationError } from '../money/call-terms.ts';
import type { ProviderGate } from '../rate/provider-gate.ts';
import { type Claim, claimItem, type Reserve } from './claim.ts';
import type { WorkInProgress } from './heartbeat.ts';
import { makeAttempt } from './make-attempt.ts';
import type { StoreCheck } from './store-check.ts';
import {
  FINISHED,
  type GenerateResult,
  messageResultOf,
  PAUSED_WAIT_MS,
  pausedResult,
  resultFor,
  waitReason,
} from './wait-reason.ts';

/** A worker's gate, credits, and work in progress. */
export interface Worker {
  readonly gate: ProviderGate;
  readonly credits: CreditPool;
  readonly attempts: WorkInProgress['attempts'];
  readonly beginning: WorkInProgress['beginning'];
  readonly store: StoreCheck;
  /** Whether it lives long enough for a call of this item. */
  readonly hasTime: (item: Item) => boolean;
}

/** One attempt: claim, call, put, record. Safe to run twice: one attempt holds an item, and a stored image is never paid again. */
export async function generateItem(
  effects: Effects,
  worker: Worker,
  ref: ItemRef,
  signal?: AbortSignal,
): Promise<GenerateResult> {
  worker.beginning.add(ref);
  try {
    return await beginItem(effects, worker, ref, signal);
  } finally {
    worker.beginning.delete(ref);
  }
}

async function beginItem(
  effects: Effects,
  worker: Worker,
  ref: ItemRef,
  signal: AbortSignal | undefined,
): Promise<GenerateResult> {
  const { gate, credits, attempts, beginning } = worker;
  const sinceMs = effects.clock.now();
  const item = await readToBegin(effects, ref);
  if (item === undefined) return FINISHED;
  if (!worker.hasTime(item)) return { kind: 'wait', waitMs: 0 };
  const held = (await waitReason(effects, gate, item)) ?? makeWay(gate, item);
  if (held !== undefined) return held;

  const { model } = item.settings;
  const permit = await gate.permit(model);
  if (permit.kind === 'wait') return permit;
  const call = { made: false };
  try {
    // The permit may have taken a minute, in which something paused the batch or model.
    const stopped = await waitReason(effects, gate, item);
    if (stopped !== undefined) return stopped;
    const mayBegin = async () => (await waitReason(effects, gate, item)) === undefined;
    const reserve: Reserve = (each) => credits.reserveFor(each, { sinceMs, mayBegin });
    const others = () => attempts.size + beginning.size - 1;
    const claim = await claimOrPause(effects, gate, reserve, { item, others });
    beginning.delete(ref);
    return await workOnClaim(effects, worker, item, { claim, call, signal });
  } finally {
    await gate.left(model, call.made);
  }
}

/** The claim finds out whether an item that may be begun has changed since; whatever else an old reading says is read again. */
async function readToBegin(
  { table, clock }: Pick<Effects, 'table' | 'clock'>,
  ref: ItemRef,
): Promise<Item | undefined> {
  const item = await readItem(table, ref, { mayBeOld: true });
  if (item?.state.kind === 'queued' && waitOf(item.state, clock.now()) === 0) return item;
  return await readItem(table, ref);
}

/** An item that paused its model may be the only cause: another one goes first. */
function makeWay(gate: ProviderGate, item: Item): GenerateResult | undefined {
  const waitMs = gate.yieldMs(item);
  return waitMs > 0 ? { kind: 'wait', waitMs } : undefined;
}

/** A permitted item, and whether it was called. */
interface Permitted {
  readonly claim: Claim;
  readonly call: { made: boolean };
  readonly signal: AbortSignal | undefined;
}

async function workOnClaim(
  effects: Effects,
  { gate, attempts, store }: Worker,
  item: Item,
  { claim, call, signal }: Permitted,
): Promise<GenerateResult> {
  switch (claim.kind) {
    case 'ended':
      return FINISHED;
    case 'wait':
      return claim;
    case 'reached':
      await pauseForBudget(effects, item.batch, claim);
      return pausedResult(item);
    case 'claimed':
      attempts.add(claim.attempt);
      try {
        const ended = await makeAttempt(effects, gate, claim.attempt, { call, signal, store });
        return ended.kind === 'ended'
          ? messageResultOf(effects, ended.state)
          : await resultFor(effects, item);
      } finally {
        attempts.delete(claim.attempt);
        claim.attempt.reservation?.over();
      }
  }
}

/** A model or price missing in the configuration pauses the model until you restore it. */
async function claimOrPause(
  effects: Effects,
  gate: ProviderGate,
  reserve: Reserve,
  { item, others }: { readonly item: Item; readonly others: () => number },
): Promise<Claim> {
  try {
    return await claimItem(effects, reserve, item, others);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const { message } = error;
    const decision = { kind: 'pause', scope: 'provider', hint: message, history: item.history } as const;
    await gate.pause(item.settings.model, decision, { code: 'model', message, reach: 'unsent' });
    return { kind: 'wait', waitMs: PAUSED_WAIT_MS };
  }
}
