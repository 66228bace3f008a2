import type { Item, ItemRef, ItemState } from '../../domain/item/item.ts';
import { waitOf } from '../../domain/item/retry.ts';
import { readItem } from '../batch/batch-items.ts';
import type { Effects } from '../effects.ts';
import type { ProviderGate } from '../rate/provider-gate.ts';

/** The message is done, or it waits. */
export type GenerateResult =
  | { readonly kind: 'settled' }
  | {
      readonly kind: 'wait';
      readonly waitMs: number;
      /** The pause lasts, so messages need not stay in the queue. */
      readonly stopped?: string;
    };

export const FINISHED: GenerateResult = { kind: 'settled' };
/** How often a message checks a pause. */
export const PAUSED_WAIT_MS = 300_000;
/** Until a cancelled batch's message finds its item cancelled. */
const CANCELLED_WAIT_MS = 60_000;

/** Why an item can't start: it has finished, or its batch or model is paused. */
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
  // A guest's pause stops the guest alone.
  return pause.isGuests ? { kind: 'wait', waitMs: PAUSED_WAIT_MS } : pausedResult(item);
}

/** An item that is stopped until you act, or for long. */
export function pausedResult({ settings }: Pick<Item, 'settings'>): GenerateResult {
  return { kind: 'wait', waitMs: PAUSED_WAIT_MS, stopped: settings.model };
}

/** Cancelling and the sweep cancel items in bulk; until then the message waits, because the batch may be set going again. */
async function leaveAlone(effects: Effects, ref: ItemRef): Promise<GenerateResult> {
  const result = await resultFor(effects, ref);
  return result.kind === 'settled' ? result : { kind: 'wait', waitMs: CANCELLED_WAIT_MS };
}

/** What a message waits for, by the table. */
export async function resultFor(effects: Effects, ref: ItemRef): Promise<GenerateResult> {
  const item = await readItem(effects.table, ref);
  return item === undefined ? FINISHED : messageResultOf(effects, item.state);
}

/** What a message waits for, by its item's state. */
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
