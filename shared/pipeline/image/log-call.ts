import type { CallOutcome } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import type { Attempt } from '../money/attempt.ts';

/** Logs a call, and notifies listeners. */
export function logCall(effects: Effects, attempt: Attempt, call: CallOutcome): void {
  const { model } = attempt.item.settings;
  const outcome = call.kind === 'images' ? 'image' : call.failure.code;
  const latencyMs = Math.round(call.latencyMs);
  effects.notify({ kind: 'call-ended', model, outcome, latencyMs });
  effects.log.info('call', {
    batch: attempt.item.batch,
    row: attempt.item.row,
    variant: attempt.item.variant,
    attempt: attempt.id,
    model,
    outcome,
    latencyMs,
  });
}
