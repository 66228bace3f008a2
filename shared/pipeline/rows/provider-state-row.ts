import * as z from 'zod/mini';
import type { Limiter } from '../../domain/calls/limiter.ts';
import { NO_RECORD } from '../../domain/calls/paid-record.ts';
import type { ProviderState, Share } from '../../domain/calls/provider-state.ts';
import type { Condition, TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

/** Rows say `pace` and `balance`, as the first release wrote them. */
type StoredLimiter = Omit<Limiter, 'probeAllowance'> & { readonly balance: number };

const pace = z.object({
  rate: z.exactOptional(z.number()),
  limit: z.exactOptional(z.number()),
  earlierLimit: z.exactOptional(z.number()),
  isSlack: z.exactOptional(z.boolean()),
  isWindow: z.exactOptional(z.boolean()),
  doublesInMs: z.exactOptional(z.number()),
  probeAtMs: z.number(),
  balance: z.number(),
  notBeforeMs: z.number(),
  wait: z.exactOptional(
    z.object({ sinceMs: z.number(), probeAtMs: z.number() } satisfies Fields<Required<Limiter>['wait']>),
  ),
  lastSlotMs: z.number(),
  cutAtMs: z.number(),
  emptySinceMs: z.exactOptional(z.number()),
  takenSince: count,
  takenSinceCut: count,
  unexplained: count,
  taken: z.record(z.string(), count),
} satisfies Fields<StoredLimiter>);

const breaker = z.object({
  failures: count,
  openSinceMs: z.exactOptional(z.number()),
  probes: count,
  nextProbeAtMs: z.number(),
  unanswered: z.exactOptional(
    z.object({ sentAtMs: z.number(), nextCallAtMs: z.number(), callsLeft: count } satisfies Fields<
      Required<ProviderState['breaker']>['unanswered']
    >),
  ),
  slowestFailureMs: z.number(),
  succeededMs: z.number(),
  failedMs: z.number(),
} satisfies Fields<ProviderState['breaker']>);

const record = z.object({
  images: count,
  useless: count,
  streak: count,
  streakItems: count,
  streakNames: z.array(z.string()),
  streakSinceMs: z.number(),
  streakSentMs: z.number(),
  imageSentMs: z.number(),
  trial: z.exactOptional(
    z.object({ sinceMs: z.number(), untilMs: z.number() } satisfies Fields<
      Required<ProviderState['record']>['trial']
    >),
  ),
} satisfies Fields<ProviderState['record']>);

const stateRow = z.object({
  version: count,
  pace,
  breaker,
  /** Missing from earlier versions. */
  record: z._default(record, { ...NO_RECORD, streakNames: [] }),
  shares: z.record(z.string(), z.object({ calls: count, untilMs: z.number() } satisfies Fields<Share>)),
} satisfies Fields<Omit<ProviderState, 'limiter'> & Pick<StoredState, 'version'> & { pace: StoredLimiter }>);

/** A stored state; every write raises its version by one. */
export interface StoredState {
  readonly version: number;
  readonly state: ProviderState;
}

export function stateKey(model: string): TableKey {
  return { pk: `PROVIDER#${model}`, sk: 'STATE' };
}

export function stateToRow(model: string, { version, state }: StoredState): TableRow {
  const { limiter, breaker, record, shares } = state;
  return {
    ...stateKey(model),
    version,
    pace: limiterValue(limiter),
    breaker: { ...breaker },
    record: { ...record, streakNames: [...record.streakNames] },
    shares: sharesValue(shares),
  };
}

export function rowToState(row: TableRow): StoredState {
  const { version, pace, ...others } = parseRow(stateRow, row);
  const { balance: probeAllowance, ...limiter } = pace;
  return { version, state: { ...others, limiter: { ...limiter, probeAllowance } } };
}

/** The state is unchanged since that version (0: absent). */
export function isStillVersion(version: number): Condition {
  return version === 0 ? { kind: 'absent' } : { kind: 'equals', field: 'version', value: version };
}

function limiterValue({ wait, taken, probeAllowance: balance, ...limiter }: Limiter) {
  return { ...limiter, balance, taken: { ...taken }, ...(wait === undefined ? {} : { wait: { ...wait } }) };
}

function sharesValue(shares: ProviderState['shares']) {
  return Object.fromEntries(Object.entries(shares).map(([worker, share]) => [worker, { ...share }]));
}
