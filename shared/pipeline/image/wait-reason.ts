import type { Item, ItemRef, ItemState } from '../../domain/item/item.ts';
import { waitOf } from '../../domain/item/retry.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import type { ProviderGate } from '../rate/provider-gate.ts';

/** What becomes of the message: it is done with, or it waits. */
export type GenerateResult =
  | { readonly kind: 'settled' }
  | {
      readonly kind: 'wait';
      readonly waitMs: number;
      /** What items of this model and batch are stopped by lasts: their messages need not stay. */
      readonly stopped?: string;
    };

export const FINISHED: GenerateResult = { kind: 'settled' };
/** How often a message looks whether a pause is over. */
export const PAUSED_WAIT_MS = 300_000;
/** Until a message of a cancelled batch finds that its item is cancelled. */
const CANCELLED_WAIT_MS = 60_000;

/** Why no call may begin for an item now, if any: it is over, its batch stands still, or its model does. */
export async function waitReason(
  effects: Effects,
  gate: ProviderGate,
  item: Item,
): Promise<GenerateResult | undefined> {
  if (item.state.kind !== 'queued' && item.state.kind !== 'working') return FINISHED;
  const standing = await gate.readinessOf(item.batch);
  if (standing === 'cancelled') return await leaveAlone(effects, item);
  if (standing === 'paused') return pausedResult(item);
  const pause = await gate.pauseOf(item.settings.model);
  if (pause === undefined) return undefined;
  const leftMs = (pause.untilMs ?? Number.POSITIVE_INFINITY) - effects.clock.now();
  if (leftMs <= PAUSED_WAIT_MS) return { kind: 'wait', waitMs: Math.max(1_000, leftMs) };
  // A guest's pause stops the guest alone: others may take what waits.
  return pause.isGuests ? { kind: 'wait', waitMs: PAUSED_WAIT_MS } : pausedResult(item);
}

/** An item that is stopped until somebody helps, or for long. */
export function pausedResult({ settings }: Pick<Item, 'settings'>): GenerateResult {
  return { kind: 'wait', waitMs: PAUSED_WAIT_MS, stopped: settings.model };
}

/** Cancelling and the sweep cancel items in bulk; until then the message waits, because the batch may be set going again. */
async function leaveAlone(effects: Effects, ref: ItemRef): Promise<GenerateResult> {
  const result = await resultFor(effects, ref);
  return result.kind === 'settled' ? result : { kind: 'wait', waitMs: CANCELLED_WAIT_MS };
}

/** What a message has to wait for, as the table says it. */
export async function resultFor(effects: Effects, ref: ItemRef): Promise<GenerateResult> {
  const item = await readItem(effects.table, ref);
  return item === undefined ? FINISHED : messageResultOf(effects, item.state);
}

/** What the message of an item in this state has to wait for. */
export function messageResultOf({ clock }: Pick<Effects, 'clock'>, state: ItemState): GenerateResult {
  switch (state.kind) {
    case 'done':
    case 'reused':
    case 'failed':
    case 'cancelled':
      return FINISHED;
    case 'queued':
      return { kind: 'wait', waitMs: waitOf(state, clock.now()) };
    case 'working':
      return { kind: 'wait', waitMs: Math.max(0, state.lease.untilMs - clock.now()) };
  }
}
