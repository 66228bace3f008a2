import { FAILURES, type Failure, KEY_VARIABLE, type ProviderSign } from '../../domain/calls/failure.ts';
import { DEFAULT_PROVIDER, findModel } from '../../domain/calls/models.ts';
import { successorHint } from '../../domain/calls/successor.ts';
import type { Item } from '../../domain/item/item.ts';
import type { RetryDecision } from '../../domain/item/retry.ts';
import type { Provider } from '../../provider/types.ts';
import type { Effects } from '../effects.ts';
import { isoTime } from '../money/attempt.ts';
import { type BatchBook, createBatchBook } from '../money/batch-book.ts';
import { allModelsOf, type ProviderPause, pauseToRow } from '../rows/provider-pause-row.ts';
import { createJudge, type FailedCall } from './judge.ts';
import type { CallEnd } from './model-calls.ts';
import type { Permit } from './next-step.ts';
import { createPauseWatch } from './pause-watch.ts';
import { createProviderContact } from './provider-contact.ts';
import { createRateLimiter, IMPATIENT, type RateLimiterOptions } from './rate-limiter.ts';

interface EndedCall {
  /** Identifies its item. */
  readonly item: string;
  readonly sentAtMs: number;
  /** Missing if it brought an image. */
  readonly failure?: Failure;
  /** As its usage says. */
  readonly outputTokens?: number;
}

/** One worker's view of whether the provider may be called. */
export interface ProviderGate {
  /** The current pause of a model. */
  pauseOf(model: string): Promise<ProviderPause | undefined>;
  readonly readinessOf: BatchBook['readinessOf'];
  pause(model: string, decision: Extract<RetryDecision, { kind: 'pause' }>, failure: Failure): Promise<void>;
  /** Whether one more call may start (see `RateLimiter`). Each `go` ends with `left`. */
  permit(model: string): Promise<Permit>;
  left(model: string, called: boolean): Promise<void>;
  /** How long an item that paused its model makes way for others. */
  yieldMs(item: Item): number;
  /** Call for every ended call, before its failure is judged. */
  ended(model: string, call: EndedCall): Promise<void>;
  /** Turns a shared failure into a pause, or an item's own pause into a failure, and gives back attempts the provider used up. */
  judge(call: FailedCall): RetryDecision;
}

/** A worker's gate; pauses are in the table, for all workers with the same access. A guest's own key pauses nobody else. */
export function createProviderGate(
  effects: Pick<
    Effects,
    'table' | 'clock' | 'log' | 'notify' | 'random' | 'models' | 'providers' | 'newAttemptId'
  > & { readonly provider?: Pick<Provider, 'accessOf'> },
  pacing: RateLimiterOptions = IMPATIENT,
  isGuest = false,
  { readinessOf }: Pick<BatchBook, 'readinessOf'> = createBatchBook(effects),
): ProviderGate {
  const watch = createPauseWatch(effects, isGuest);
  const contact = createProviderContact(effects.clock);
  const rateLimiter = createRateLimiter(effects, pacing);
  const { judge, succeeded } = createJudge(rateLimiter, contact);
  const yielded = new Set<string>();

  async function pause(
    model: string,
    decision: Extract<RetryDecision, { kind: 'pause' }>,
    { code, message }: Failure,
  ): Promise<void> {
    const access = await watch.accessFor(model);
    const row = {
      ...pauseRow(effects, model, decision, { code, message }),
      ...(access !== undefined && { access }),
      ...(isGuest && { isGuests: true }),
    };
    await effects.table.write([{ kind: 'put', row: pauseToRow(row) }]);
    watch.forget();
    effects.log.warn('paused until a person helps', { model, code });
    effects.notify({ kind: 'paused', model: row.model, code, hint: row.hint });
  }

  async function ended(model: string, call: EndedCall): Promise<void> {
    const { sentAtMs, failure } = call;
    const brought = broughtBy(call);
    await rateLimiter.ended(model, {
      kind: failure === undefined ? 'succeeded' : END_KINDS[FAILURES[failure.code].sign],
      sentAtMs,
      ...(failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
      ...(brought === undefined ? {} : { brought }),
    });
    if (failure !== undefined) return;
    contact.answered();
    succeeded(model);
    await watch.broughtImage(model);
  }

  function yieldMs({ batch, row, variant, settings, history: { paused } }: Item): number {
    const name = `${batch}/${row}/${variant}`;
    if (paused === undefined || yielded.has(name)) return 0;
    yielded.add(name);
    return rateLimiter.stateOf(settings.model).record.imageSentMs > paused.sentAtMs ? 0 : YIELD_MS;
  }

  const { permit, left } = rateLimiter;
  const { pauseOf } = watch;
  return { pauseOf, readinessOf, pause, permit, left, yieldMs, ended, judge };
}

/** Time for another item to go first. */
const YIELD_MS = 2_000;

const END_KINDS: Readonly<Record<ProviderSign, CallEnd['kind']>> = {
  answers: 'succeeded',
  refuses: 'refused',
  down: 'failed',
  nothing: 'other',
};

/** A refused prompt that costs only its input is the item's own: it costs next to nothing. */
function broughtBy({ item, failure, outputTokens }: EndedCall): CallEnd['brought'] {
  if (failure === undefined) return { kind: 'image' };
  const { code, reach } = failure;
  if (reach === 'unsent' || reach === 'refused') return undefined;
  if (code === 'blocked' && reach === 'answered' && outputTokens === 0) return undefined;
  return { kind: 'nothing', item, arrived: code !== 'timeout' };
}

function pauseRow(
  effects: Pick<Effects, 'models' | 'providers' | 'clock'>,
  model: string,
  { scope, hint, message, forMs }: Extract<RetryDecision, { kind: 'pause' }>,
  failure: Pick<Failure, 'code' | 'message'>,
): ProviderPause {
  const nowMs = effects.clock.now();
  const provider = findModel(effects.models, model)?.provider ?? DEFAULT_PROVIDER;
  // A remedy names the built-in provider's key; others have another variable.
  const ownHint = hint.replaceAll(KEY_VARIABLE, effects.providers.get(provider)?.keyVariable ?? KEY_VARIABLE);
  return {
    model: scope === 'provider' ? allModelsOf(provider) : model,
    code: failure.code,
    message: message ?? failure.message,
    hint: failure.code === 'model' ? successorHint(effects.models, model, failure.message) : ownHint,
    since: isoTime(nowMs),
    ...(forMs === undefined ? {} : { untilMs: nowMs + forMs }),
  };
}
