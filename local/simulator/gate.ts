import type { FailureName } from './failures.ts';
import type { SimulatorSettings } from './options.ts';

/** What stands before the model: key, credits, hidden rate limit, and failures that come at a given call. */
export interface Gate {
  /** Why this call is turned away, before it counts as a call with its prompt; undefined lets it in. */
  refusal(authorization: string | undefined, billedMicro: number): GateRefusal | undefined;
}

interface GateRefusal {
  readonly failure: FailureName;
  readonly retryDelayMs: number;
}

/** The limit lets so much of a minute's calls in at once. */
const BURST_SHARE = 1 / 6;

export function openGate(settings: SimulatorSettings): Gate {
  const admit = rateLimit(settings);
  const planned = new Map(
    Object.entries(settings.operatorFailuresAt).map(([name, call]) => [call, name as FailureName]),
  );
  let calls = 0;
  return {
    refusal(authorization, billedMicro) {
      calls++;
      const refused = (failure: FailureName, retryDelayMs = settings.retryDelayMs) => ({
        failure,
        retryDelayMs,
      });
      if (!isKnownKey(authorization, settings.key)) return refused('auth-401');
      const failure = planned.get(calls);
      if (failure !== undefined) return refused(failure);
      if (billedMicro >= settings.creditsMicro) return refused('credits-402');
      const waitMs = admit();
      return waitMs > 0 ? refused('rate-limit-retry-info', waitMs) : undefined;
    },
  };
}

/** Whether a header carries the key that is taken. */
export function isKnownKey(authorization: string | undefined, key: string | undefined): boolean {
  const given = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  return key === undefined ? given?.startsWith('cdt_') === true : given === key;
}

/** A bucket that refills evenly; the answer is 0 for a call that is let in, else how long until the next could be. */
function rateLimit({ requestsPerMinute, clock }: SimulatorSettings): () => number {
  const perMs = requestsPerMinute / 60_000;
  const capacity = Math.max(1, requestsPerMinute * BURST_SHARE);
  let level = capacity;
  let filledAtMs = clock.now();
  return () => {
    if (!Number.isFinite(requestsPerMinute)) return 0;
    const nowMs = clock.now();
    level = Math.min(capacity, level + (nowMs - filledAtMs) * perMs);
    filledAtMs = nowMs;
    if (level < 1) return Math.ceil((1 - level) / perMs);
    level -= 1;
    return 0;
  };
}
