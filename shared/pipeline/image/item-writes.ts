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

/** What an attempt's end changes, as one transaction: the item, its charge, the counters, the roll-up (I5). */
export interface AttemptEnd {
  readonly item: ItemRef & { readonly content?: ContentHash; readonly attempts?: readonly AttemptNote[] };
  readonly attempt: AttemptId;
  /** When it started; its item notes it. */
  readonly startedAtMs?: number;
  /** What it came to, where neither its charge nor the item's state says so. */
  readonly outcome?: string;
  readonly state: ItemState;
  readonly history?: ItemHistory;
  readonly charge?: Charge;
  /** The credits that were reserved for the attempt: its own end releases them. */
  readonly reserved?: ReservedCredits;
  /** How long its worker was at it. */
  readonly workMs?: number;
  /** Only while the lease has run out by then; without it, the writer holds the lease himself. */
  readonly leaseEndedByMs?: number;
}

/** Where among the writes of an attempt's end the item's own stands. */
export const ITEM_WRITE = 0;

/** Where an attempt's end counts: the accounts that its charge counts in though nothing was held in them, and the shard. */
interface CountedIn {
  readonly uncovered?: readonly BudgetAccount[];
  readonly shard?: number;
}

/** The writes of an attempt's end; they happen only while the attempt still holds the item. */
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

/** The item's notes with one of this attempt. */
function notesWith(end: AttemptEnd, startedAtMs: number): TableValue {
  const { item, attempt, charge, state, workMs = 0 } = end;
  const outcome = end.outcome ?? charge?.outcome ?? (state.kind === 'failed' ? state.code : 'image');
  const at = new Date(startedAtMs).toISOString();
  const note = { attempt, at, outcome, workMs, ...(charge === undefined ? {} : { chargedAt: charge.at }) };
  return [...(item.attempts ?? []), note].slice(-MOST_ATTEMPT_NOTES).map((each) => ({ ...each }));
}

/** Whether an attempt has its item in work, lease and all. */
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
