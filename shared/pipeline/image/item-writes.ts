import type { AttemptId } from '../../domain/ids.ts';
import type { ContentHash } from '../../domain/item/content.ts';
import {
  type AttemptNote,
  type ItemHistory,
  type ItemRef,
  type ItemState,
  MOST_ATTEMPT_NOTES,
  type ReservedCredits,
} from '../../domain/item/item.ts';
import type { BudgetAccount } from '../../domain/money/budget.ts';
import { type Charge, countedMicro } from '../../domain/money/charge.ts';
import { chargeWrites, creditsOf } from '../money/ledger.ts';
import { callEndWrite, unreservedWrites } from '../money/reservations.ts';
import type { Condition, TableValue, TableWrite } from '../ports.ts';
import { historyValue, itemKey, stateFields } from '../rows/item-row.ts';
import { addProgress } from '../rows/progress-row.ts';
import { shardOfText } from '../rows/shards.ts';

/** An attempt's end as one transaction: item, charge, counters, roll-up (I5). */
export interface AttemptEnd {
  readonly item: ItemRef & { readonly content?: ContentHash; readonly attempts?: readonly AttemptNote[] };
  readonly attempt: AttemptId;
  /** For the item's notes. */
  readonly startedAtMs?: number;
  /** Its outcome, if neither charge nor state says it. */
  readonly outcome?: string;
  readonly state: ItemState;
  readonly history?: ItemHistory;
  readonly charge?: Charge;
  /** Released by the attempt's own end. */
  readonly reserved?: ReservedCredits;
  /** How long its worker took. */
  readonly workMs?: number;
  /** Only if the lease has run out by then; missing: the writer holds it. */
  readonly leaseEndedByMs?: number;
}

/** The item's index among an attempt's writes. */
export const ITEM_WRITE = 0;

/** The shard, and the balances without a reservation in which the charge counts. */
interface CountedIn {
  readonly uncovered?: readonly BudgetAccount[];
  readonly shard?: number;
}

/** The writes of an attempt's end, on condition that it still holds the item. */
export function attemptEndWrites(
  end: AttemptEnd,
  { uncovered = [], shard = shardOfText(end.attempt) }: CountedIn = {},
): TableWrite[] {
  const { item, charge, state, reserved, workMs } = end;
  const credits = charge === undefined ? undefined : creditsOf(charge);
  const counted = state.kind === 'done' || state.kind === 'failed' ? { [state.kind]: 1 } : {};
  const update: TableWrite = {
    kind: 'update',
    key: itemKey(item),
    set: {
      ...stateFields(state),
      ...(end.history === undefined ? {} : { history: historyValue(end.history) }),
      ...(end.startedAtMs === undefined ? {} : { attempts: notesWith(end, end.startedAtMs) }),
    },
    add: { ...credits, ...(workMs === undefined ? {} : { workMs }) },
    onlyIf: holdsItem(end),
  };
  const progress = { ...counted, ...credits };
  return [
    update,
    ...(charge === undefined
      ? []
      : [
          ...chargeWrites(charge, [...(reserved?.accounts ?? []), ...uncovered], shard),
          ...unreservedWrites(uncovered, countedMicro(charge)),
        ]),
    ...(reserved === undefined
      ? []
      : [callEndWrite(reserved, charge === undefined ? 0 : countedMicro(charge))]),
    ...(Object.keys(progress).length === 0 ? [] : [addProgress(item.batch, shard, progress)]),
  ];
}

function notesWith(end: AttemptEnd, startedAtMs: number): TableValue {
  const { item, attempt, charge, state, workMs = 0 } = end;
  const outcome = end.outcome ?? charge?.outcome ?? (state.kind === 'failed' ? state.code : 'image');
  const at = new Date(startedAtMs).toISOString();
  const note = { attempt, at, outcome, workMs, ...(charge === undefined ? {} : { chargedAt: charge.at }) };
  return [...(item.attempts ?? []), note].slice(-MOST_ATTEMPT_NOTES).map((each) => ({ ...each }));
}

/** Whether an attempt holds its item. */
export function isHeldBy(attempt: AttemptId, ...more: readonly Condition[]): Condition {
  return {
    kind: 'all',
    of: [
      { kind: 'equals', field: 'state', value: 'working' },
      { kind: 'equals', field: 'attempt', value: attempt },
      ...more,
    ],
  };
}

function holdsItem({ attempt, leaseEndedByMs: value }: AttemptEnd): Condition {
  if (value === undefined) return isHeldBy(attempt);
  return isHeldBy(attempt, { kind: 'atMost', field: 'leaseUntilMs', value });
}
