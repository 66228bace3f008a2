import { isOpen } from '../../domain/calls/breaker.ts';
import { FAILURES, type Failure, type FailureCode, type ProviderSign } from '../../domain/calls/failure.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { ItemHistory, ItemState } from '../../domain/item/item.ts';
import type { RetryDecision } from '../../domain/item/retry.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from '../money/attempt.ts';
import { createRecentlyRead } from '../recently-read.ts';
import {
  ALL_MODELS,
  PERSON_PAUSE_KEY,
  type ProviderPause,
  pauseKey,
  pauseToRow,
  rowToPause,
} from '../rows/provider-pause-row.ts';
import { type BatchReadiness, createBatchWatch } from './batch-watch.ts';
import type { CallEnd } from './model-line.ts';
import type { Permit } from './next-step.ts';
import { createProviderContact } from './provider-contact.ts';
import { createRateLimiter, IMPATIENT, type RateLimiterOptions } from './rate-limiter.ts';

/** How long a worker believes that a model is not paused before it looks again. */
const FRESH_MS = 2_000;

/** What one worker knows of whether the provider may be called. */
export interface ProviderGate {
  /** The pause that holds for a model now, if any. */
  pauseOf(model: string): Promise<ProviderPause | undefined>;
  /** Whether this batch goes on, or a person or a budget stopped it alone. */
  readinessOf(batch: BatchId): Promise<BatchReadiness>;
  pause(model: string, decision: Extract<RetryDecision, { kind: 'pause' }>, failure: Failure): Promise<void>;
  /** Whether one more call may begin (see `RateLimiter`). Each `go` ends with `left`. */
  permit(model: string): Promise<Permit>;
  left(model: string, called: boolean): Promise<void>;
  /** Sees every call that ended, before its failure is judged. */
  ended(model: string, sentAtMs: number, failure: Failure | undefined): Promise<void>;
  /**
   * Turns a decision into a pause where a failure has become everybody's, and takes back the attempt that one of the
   * provider's own would use up. `before` is how the failed attempt found its item.
   */
  judge(model: string, failure: Failure, decision: RetryDecision, before?: ItemState): RetryDecision;
}

/** A gate for one worker; the pauses themselves are in the table, for all workers. */
export function createProviderGate(
  effects: Pick<Effects, 'table' | 'clock' | 'log' | 'notify' | 'random' | 'models' | 'newAttemptId'>,
  pacing: RateLimiterOptions = IMPATIENT,
): ProviderGate {
  const pauses = createRecentlyRead(effects.clock, FRESH_MS, (model: string) => readPauses(effects, [model]));
  const streaks = new Map<string, { code: FailureCode; count: number }>();
  const contact = createProviderContact(effects.clock);
  const rateLimiter = createRateLimiter(effects, pacing);
  const readinessOf = createBatchWatch(effects);

  async function pauseOf(model: string): Promise<ProviderPause | undefined> {
    const [pause] = await pauses.current(model);
    return pause;
  }

  async function pause(
    model: string,
    decision: Extract<RetryDecision, { kind: 'pause' }>,
    { code, message }: Failure,
  ): Promise<void> {
    const scope = decision.scope === 'provider' ? ALL_MODELS : model;
    const since = isoTime(effects.clock.now());
    await effects.table.write([
      { kind: 'put', row: pauseToRow({ model: scope, code, message, hint: decision.hint, since }) },
    ]);
    pauses.forget();
    effects.log.warn('paused until a person helps', { model: scope, code });
    effects.notify({ kind: 'paused', model: scope, code, hint: decision.hint });
  }

  async function ended(model: string, sentAtMs: number, failure: Failure | undefined): Promise<void> {
    const kind = failure === undefined ? 'succeeded' : END_KINDS[FAILURES[failure.code].sign];
    const retryAfterMs = failure?.retryAfterMs;
    await rateLimiter.ended(model, {
      kind,
      sentAtMs,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    if (failure !== undefined) return;
    contact.answered();
    streaks.delete(model);
  }

  function judge(model: string, failure: Failure, decided: RetryDecision, before?: ItemState): RetryDecision {
    const decision = judgeUpstream(model, failure, contact.judge(failure, decided), before);
    const streak = streaks.get(model);
    const count = streak?.code === failure.code ? streak.count + 1 : 1;
    streaks.set(model, { code: failure.code, count });
    const limit = FAILURES[failure.code].pausesAfter;
    if (limit === undefined || count < limit || decision.kind === 'pause') return decision;
    streaks.delete(model);
    const hint = `look into why ${count} answers running were ${failure.code}`;
    return { kind: 'pause', scope: 'model', hint, history: decision.history };
  }

  /**
   * A 5xx counts against its item only where others succeeded since the item's last try and none failed with it
   * (provider-contract §5 row 12): hours of 503 use up no attempt, and an item that always fails still ends.
   */
  function judgeUpstream(
    model: string,
    failure: Failure,
    decision: RetryDecision,
    before: ItemState | undefined,
  ): RetryDecision {
    if (failure.code !== 'upstream') return decision;
    const { breaker } = rateLimiter.stateOf(model);
    const triedMs = before?.kind === 'queued' ? before.notBeforeMs : 0;
    const isOwn = triedMs > 0 && breaker.failures <= 1 && rateLimiter.succeededMs(model) > triedMs;
    if (isOwn) return decision;
    const history = withoutOne(decision.history, 'upstream');
    const waitMs = decision.kind === 'requeue' ? decision.waitMs : LEAST_WAIT_MS;
    return { kind: 'requeue', waitMs: isOpen(breaker) ? OPEN_WAIT_MS : waitMs, history };
  }

  const { permit, left } = rateLimiter;
  return { pauseOf, readinessOf, pause, permit, left, ended, judge };
}

const LEAST_WAIT_MS = 1_000;
/** What failed while the breaker is open makes way for the others; the next probe may be any item's. */
const OPEN_WAIT_MS = 10_000;

const END_KINDS: Readonly<Record<ProviderSign, CallEnd['kind']>> = {
  answers: 'succeeded',
  refuses: 'refused',
  down: 'failed',
  nothing: 'other',
};

function withoutOne(history: ItemHistory, code: FailureCode): ItemHistory {
  const { [code]: count = 0, ...others } = history.failures;
  return { ...history, failures: count > 1 ? { ...others, [code]: count - 1 } : others };
}

/** All pauses that hold for these models, the provider's own first. */
export async function readPauses(
  effects: Pick<Effects, 'table'>,
  models: Iterable<string>,
): Promise<ProviderPause[]> {
  const keys = [PERSON_PAUSE_KEY, ...[ALL_MODELS, ...models].map(pauseKey)];
  const rows = await Promise.all(keys.map((key) => effects.table.get(key)));
  return rows.flatMap((row) => (row === undefined ? [] : [rowToPause(row)]));
}

/** Pauses all calls at a person's word; `false` where they are paused so already. */
export async function pauseAll(
  { table }: Pick<Effects, 'table'>,
  pause: Omit<ProviderPause, 'model' | 'code'>,
): Promise<boolean> {
  const row = pauseToRow({ ...pause, model: ALL_MODELS, code: 'person' });
  const result = await table.write([{ kind: 'put', row, onlyIf: { kind: 'absent' } }]);
  return result.kind === 'written';
}

/** Ends what `pauseAll` began; `false` where there is no such pause. */
export async function endPauseAll({ table }: Pick<Effects, 'table'>): Promise<boolean> {
  const result = await table.write([{ kind: 'delete', key: PERSON_PAUSE_KEY, onlyIf: { kind: 'present' } }]);
  return result.kind === 'written';
}

/** Ends the pauses that failures brought about, of these models: a person says that the trouble is mended. */
export async function endPauses(effects: Pick<Effects, 'table'>, models: Iterable<string>): Promise<void> {
  for (const model of [ALL_MODELS, ...models]) {
    await effects.table.write([{ kind: 'delete', key: pauseKey(model) }]);
  }
}
