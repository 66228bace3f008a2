import { isOpen } from '../../domain/calls/breaker.ts';
import type { Effects } from '../effects.ts';
import { rowToState, stateKey } from '../rows/provider-state-row.ts';

/** Backpressure on a model. Clears without user action. */
export type Backpressure =
  | {
      readonly kind: 'slowed';
      readonly model: string;
      readonly perMinute: number;
      readonly by: 'pinned' | 'measured' | 'seeking';
    }
  /** The provider asked to wait until then. During a long wait, single calls probe it. */
  | { readonly kind: 'waiting'; readonly model: string; readonly untilMs: number }
  | {
      readonly kind: 'open';
      readonly model: string;
      readonly sinceMs: number;
      readonly probes: number;
      readonly nextProbeAtMs: number;
    };

/** Without a call for so long, nothing is known. */
const OLD_MS = 600_000;
/** Shorter waits are not reported. */
const SHORT_WAIT_MS = 3_000;

export async function readBackpressure(
  effects: Pick<Effects, 'table' | 'models'>,
  nowMs: number,
): Promise<Backpressure[]> {
  const all = await Promise.all(
    [...effects.models.values()].map((profile) => readOne(effects, profile, nowMs)),
  );
  return all.filter((each) => each !== undefined);
}

async function readOne(
  { table }: Pick<Effects, 'table'>,
  { model, requestsPerMinute }: { readonly model: string; readonly requestsPerMinute?: number | undefined },
  nowMs: number,
): Promise<Backpressure | undefined> {
  const row = await table.get(stateKey(model));
  if (row === undefined) return undefined;
  const { limiter, breaker } = rowToState(row).state;
  const { openSinceMs: sinceMs, probes, nextProbeAtMs } = breaker;
  if (isOpen(breaker) && sinceMs !== undefined && nextProbeAtMs > nowMs - OLD_MS) {
    return { kind: 'open', model, sinceMs, probes, nextProbeAtMs };
  }
  if (limiter.notBeforeMs > nowMs + SHORT_WAIT_MS)
    return { kind: 'waiting', model, untilMs: limiter.notBeforeMs };
  if (limiter.rate === undefined || limiter.lastSlotMs < nowMs - OLD_MS) return undefined;
  const by =
    requestsPerMinute !== undefined ? 'pinned' : limiter.limit === undefined ? 'seeking' : 'measured';
  return { kind: 'slowed', model, perMinute: Math.round(limiter.limit ?? limiter.rate), by };
}
