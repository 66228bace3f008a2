import * as z from 'zod/mini';
import type { ProviderState, Share } from '../../domain/calls/provider-state.ts';
import type { Condition, TableKey, TableRow } from '../ports.ts';
import { count, type Fields, parseRow } from './fields.ts';

const pace = z.object({
  rate: z.exactOptional(z.number()),
  limit: z.exactOptional(z.number()),
  earlierLimit: z.exactOptional(z.number()),
  isSlack: z.exactOptional(z.boolean()),
  isWindow: z.exactOptional(z.boolean()),
  doublesInMs: z.exactOptional(z.number()),
  probeAtMs: z.number(),
  purse: z.number(),
  notBeforeMs: z.number(),
  lastSlotMs: z.number(),
  cutAtMs: z.number(),
  emptySinceMs: z.exactOptional(z.number()),
  takenSince: count,
  takenSinceCut: count,
  unexplained: count,
  taken: z.record(z.string(), count),
} satisfies Fields<ProviderState['pace']>);

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

const stateRow = z.object({
  version: count,
  pace,
  breaker,
  shares: z.record(z.string(), z.object({ calls: count, untilMs: z.number() } satisfies Fields<Share>)),
} satisfies Fields<ProviderState & Pick<StoredState, 'version'>>);

/** A state as it stands in the table; every write raises its version by one. */
export interface StoredState {
  readonly version: number;
  readonly state: ProviderState;
}

export function stateKey(model: string): TableKey {
  return { pk: `PROVIDER#${model}`, sk: 'STATE' };
}

export function stateToRow(model: string, { version, state }: StoredState): TableRow {
  const { pace, breaker, shares } = state;
  return {
    ...stateKey(model),
    version,
    pace: { ...pace },
    breaker: { ...breaker },
    shares: sharesValue(shares),
  };
}

export function rowToState(row: TableRow): StoredState {
  const { version, ...state } = parseRow(stateRow, row);
  return { version, state };
}

/** Nobody else wrote the state since it was read in that version (0: it was not there). */
export function isStillVersion(version: number): Condition {
  return version === 0 ? { kind: 'absent' } : { kind: 'equals', field: 'version', value: version };
}

function sharesValue(shares: ProviderState['shares']) {
  return Object.fromEntries(Object.entries(shares).map(([worker, share]) => [worker, { ...share }]));
}
