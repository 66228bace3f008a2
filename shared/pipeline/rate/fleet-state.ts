import { isOpen } from '../../domain/calls/breaker.ts';
import type { ModelLimits } from '../../domain/calls/models.ts';
import {
  type Observation,
  type ProviderState,
  UNKNOWN_STATE,
  withObservations,
} from '../../domain/calls/provider-state.ts';
import type { Effects } from '../effects.ts';
import type { Reading, TableRow } from '../ports.ts';
import {
  isStillVersion,
  rowToState,
  type StoredState,
  stateKey,
  stateToRow,
} from '../rows/provider-state-row.ts';

/** A worker's view of the row that the fleet shares of a model. */
export interface FleetState {
  /** As last read, with this worker's news. */
  view(): ProviderState;
  /** How often all workers have written the row, as last read. */
  version(): number;
  /** When this worker wrote it last, or began. */
  writtenMs(): number;
  tell(news: Observation): void;
  /** Whether the row knows a later setback than this call's, and waits as long. */
  isKnown(sentAtMs: number): boolean;
  /** Reads the row, where what is known of it is older than that; what it gives may be out of date by a moment. */
  refresh(maxAgeMs: number): Promise<void>;
  /** Writes what this worker saw with a change. False if another wrote first; then nothing changed, but the view is fresh. */
  change(change: (state: ProviderState) => ProviderState): Promise<boolean>;
}

const NOT_STORED: StoredState = { version: 0, state: UNKNOWN_STATE };
/** Older calls say nothing of a limit. */
const OLD_MS = 60_000;

export function createFleetState(
  effects: Pick<Effects, 'table' | 'clock'>,
  model: string,
  limits: ModelLimits,
): FleetState {
  let stored = NOT_STORED;
  let news: readonly Observation[] = [];
  let view = withObservations(UNKNOWN_STATE, [], limits);
  let readAtMs = Number.NEGATIVE_INFINITY;
  let writtenMs = effects.clock.now();
  let last: Promise<unknown> = Promise.resolve();

  /** One at a time, so that a worker doesn't race itself. */
  function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    const turn = last.then(act, act);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function read(reading?: Reading): Promise<void> {
    const row = await effects.table.get(stateKey(model), reading);
    // Every write has a new version.
    if (row?.version !== stored.version && !isOutdated(row, stored, reading)) {
      stored = row === undefined ? NOT_STORED : rowToState(row);
      view = withObservations(stored.state, news, limits);
    }
    readAtMs = effects.clock.now();
  }

  function tell(one: Observation): void {
    news = withOneMore(news, one, effects.clock.now());
    view = withObservations(view, [one], limits);
  }

  async function refresh(maxAgeMs: number): Promise<void> {
    if (isFresh(maxAgeMs)) return;
    await inTurn(async () => (isFresh(maxAgeMs) ? undefined : await read({ mayBeOld: true })));
  }

  const isFresh = (maxAgeMs: number) => effects.clock.now() - readAtMs <= maxAgeMs;

  async function write(change: (state: ProviderState) => ProviderState): Promise<boolean> {
    await read();
    const told = news;
    const next = change(view);
    if (next === view && !told.some(({ kind }) => kind !== 'image')) return true;
    const version = stored.version + 1;
    const { kind } = await effects.table.write([
      {
        kind: 'put',
        row: stateToRow(model, { version, state: next }),
        onlyIf: isStillVersion(stored.version),
      },
    ]);
    if (kind === 'refused') {
      await read();
      return false;
    }
    // What was written may have been added to: then only the rest is news.
    news = untold(news, told);
    writtenMs = effects.clock.now();
    stored = { version, state: next };
    view = withObservations(next, news, limits);
    return true;
  }

  return {
    view: () => view,
    isKnown: (sentAtMs) => isKnownOf(stored.state, view, sentAtMs),
    version: () => stored.version,
    writtenMs: () => writtenMs,
    tell,
    refresh,
    change: (change) => inTurn(() => write(change)),
  };
}

/** An old reading may be from before this worker's own writing. */
function isOutdated(row: TableRow | undefined, { version }: StoredState, reading?: Reading): boolean {
  return reading?.mayBeOld === true && Number(row?.version ?? 0) < version;
}

/** Whether the stored state has a later setback than this call's. */
function isKnownOf({ limiter, breaker }: ProviderState, view: ProviderState, sentAtMs: number): boolean {
  // All failures count until the breaker is open.
  const isNews = isOpen(breaker) ? !isOpen(view.breaker) : view.breaker.failures !== breaker.failures;
  return sentAtMs < limiter.cutAtMs && view.limiter.notBeforeMs <= limiter.notBeforeMs && !isNews;
}

/** One piece of news a second. */
function withOneMore(news: readonly Observation[], one: Observation, nowMs: number): readonly Observation[] {
  const last = news.at(-1);
  if (one.kind !== 'taken' || last?.kind !== 'taken') return [...news, one];
  if (Math.floor(last.atMs / 1_000) === Math.floor(one.atMs / 1_000)) {
    return [...news.slice(0, -1), { ...last, calls: last.calls + one.calls }];
  }
  return [...news.filter((each) => each.kind !== 'taken' || each.atMs > nowMs - OLD_MS), one];
}

function untold(news: readonly Observation[], told: readonly Observation[]): readonly Observation[] {
  const last = told.at(-1);
  return news
    .filter((each) => !told.includes(each))
    .map((each, index) => {
      const isLonger = index === 0 && each.kind === 'taken' && last?.kind === 'taken' && !news.includes(last);
      return isLonger ? { ...each, calls: each.calls - last.calls } : each;
    });
}
