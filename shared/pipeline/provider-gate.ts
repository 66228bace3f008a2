import type { Failure, FailureCode } from '../domain/failure.ts';
import type { BatchId } from '../domain/ids.ts';
import type { RetryDecision } from '../domain/retry.ts';
import { isoTime } from './attempt.ts';
import { type BatchStanding, createBatchWatch } from './batch-watch.ts';
import type { Effects } from './effects.ts';
import { createProviderContact } from './provider-contact.ts';
import { createOutageWatch } from './provider-outage.ts';
import {
  ALL_MODELS,
  PERSON_PAUSE_KEY,
  type ProviderPause,
  pauseKey,
  pauseToRow,
  rowToPause,
} from './rows/provider-row.ts';

/** How long a worker believes that a model is not paused before it looks again. */
const FRESH_MS = 2_000;

/** The same failure this often running is no longer a row's own trouble (provider-contract §5 rows 9 and 19). */
const STREAKS: Readonly<Partial<Record<FailureCode, number>>> = { bad_request: 3, lost_image: 2 };

/** What one worker knows of whether the provider may be called. */
export interface ProviderGate {
  /** The pause that holds for a model now, if any. */
  pauseOf(model: string): Promise<ProviderPause | undefined>;
  /** Whether this batch goes on, or a person or a budget stopped it alone. */
  standingOf(batch: BatchId): Promise<BatchStanding>;
  pause(model: string, decision: Extract<RetryDecision, { kind: 'pause' }>, failure: Failure): Promise<void>;
  /** Sees every answer; turns a decision into a pause where a failure has become everybody's. */
  judge(model: string, failure: Failure, decision: RetryDecision): RetryDecision;
  succeeded(model: string): void;
}

/** A gate for one worker; the pauses themselves are in the table, for all workers. */
export function createProviderGate(
  effects: Pick<Effects, 'table' | 'clock' | 'log' | 'notify'>,
): ProviderGate {
  const seen = new Map<string, { pause: ProviderPause | undefined; atMs: number }>();
  const streaks = new Map<string, { code: FailureCode; count: number }>();
  const contact = createProviderContact(effects.clock);
  const outages = createOutageWatch(effects.clock);
  const standingOf = createBatchWatch(effects);

  async function pauseOf(model: string): Promise<ProviderPause | undefined> {
    const known = seen.get(model);
    if (known !== undefined && effects.clock.now() - known.atMs < FRESH_MS) return known.pause;
    const [pause] = await readPauses(effects, [model]);
    seen.set(model, { pause, atMs: effects.clock.now() });
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
    seen.clear();
    effects.log.warn('paused until a person helps', { model: scope, code });
    effects.notify({ kind: 'paused', model: scope, code, hint: decision.hint });
  }

  function judge(model: string, failure: Failure, decided: RetryDecision): RetryDecision {
    const decision = outages.judge(model, failure, contact.judge(failure, decided));
    const before = streaks.get(model);
    const count = before?.code === failure.code ? before.count + 1 : 1;
    streaks.set(model, { code: failure.code, count });
    const limit = STREAKS[failure.code];
    if (limit === undefined || count < limit || decision.kind === 'pause') return decision;
    streaks.delete(model);
    const hint = `look into why ${count} answers running were ${failure.code}`;
    return { kind: 'pause', scope: 'model', hint, history: decision.history };
  }

  function succeeded(model: string): void {
    contact.answered();
    outages.succeeded(model);
    streaks.delete(model);
  }

  return { pauseOf, standingOf, pause, judge, succeeded };
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
