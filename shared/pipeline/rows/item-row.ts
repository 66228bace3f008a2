import * as z from 'zod/mini';
import type { Batch } from '../../domain/batch/batch.ts';
import type { BatchId } from '../../domain/ids.ts';
import type { ContentHash } from '../../domain/item/content.ts';
import {
  type AttemptNote,
  ITEM_FAILURE_CODES,
  type Item,
  type ItemRef,
  type ItemSpec,
  type ItemState,
  type Lease,
  NO_HISTORY,
  type ReservedCredits,
} from '../../domain/item/item.ts';
import type { Message } from '../../domain/item/message.ts';
import type { TableKey, TableQuery, TableRow, TableValue } from '../ports.ts';
import {
  attemptId,
  batchId,
  budgetAccount,
  contentHashField,
  count,
  type Fields,
  imageSettings,
  itemHistory,
  itemImage,
  itemReference,
  parseRow,
  textMap,
} from './fields.ts';
import { shardOfRow } from './shards.ts';

const reservedCredits = z.object({
  id: z.string(),
  micro: count,
  accounts: z.array(budgetAccount),
} satisfies Fields<ReservedCredits>);

type StateFields<Kind extends ItemState['kind']> = Fields<
  Omit<Extract<ItemState, { kind: Kind }>, 'kind' | 'lease'> & { readonly state: Kind }
>;

interface LeaseFields {
  readonly attempt: Lease['attempt'];
  readonly leaseStartedAtMs: Lease['startedAtMs'];
  readonly leaseUntilMs: Lease['untilMs'];
  readonly leaseOthers?: number;
}

const itemState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('queued'), notBeforeMs: count } satisfies StateFields<'queued'>),
  z.object({
    state: z.literal('working'),
    attempt: attemptId,
    leaseStartedAtMs: count,
    leaseUntilMs: count,
    leaseOthers: z.exactOptional(count),
    hold: z.exactOptional(reservedCredits),
  } satisfies StateFields<'working'> & Fields<LeaseFields & { readonly hold?: ReservedCredits }>),
  z.object({ state: z.literal('done'), image: itemImage, attempt: attemptId } satisfies StateFields<'done'>),
  z.object({
    state: z.literal('reused'),
    image: itemImage,
    madeFor: itemReference,
  } satisfies StateFields<'reused'>),
  z.object({
    state: z.literal('failed'),
    code: z.enum(ITEM_FAILURE_CODES),
    message: z.string(),
    text: z.exactOptional(z.string()),
  } satisfies StateFields<'failed'>),
  z.object({ state: z.literal('cancelled') } satisfies StateFields<'cancelled'>),
]);

const messageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.array(z.union([z.string(), count])),
} satisfies Fields<Message>);

const itemRow = z.object({
  batch: batchId,
  content: z.exactOptional(contentHashField),
  row: count,
  variant: count,
  id: z.exactOptional(z.string()),
  fileName: z.string(),
  prompt: z.string(),
  messages: z.exactOptional(z.array(messageSchema)),
  settings: imageSettings,
  references: z.array(z.string()),
  tags: textMap,
  user: z.exactOptional(z.string()),
  columns: textMap,
  history: itemHistory,
  creditsMicro: count,
  creditsMaxUnknownMicro: count,
  mayHaveImage: z.exactOptional(z.literal(true)),
  attempts: z.exactOptional(
    z.array(
      z.object({
        attempt: attemptId,
        at: z.string(),
        outcome: z.string(),
        workMs: count,
        chargedAt: z.exactOptional(z.string()),
      } satisfies Fields<AttemptNote>),
    ),
  ),
  workMs: z._default(count, 0),
} satisfies Fields<Omit<Item, 'state'>>);

/** Padded, so that sort keys sort as numbers: up to 999,999,999 rows of 9,999,999 variants. */
export function itemKey({ batch, row, variant }: ItemRef): TableKey {
  return {
    // A template's one row may be the whole file: its variants are spread too.
    pk: itemsPartition(batch, shardOfRow(row + variant - 1)),
    sk: `${ITEM_PREFIX}${pad(row, 9)}#${pad(variant, 7)}`,
  };
}

/** A row's items in a shard. */
export function rowItemsKey(batch: BatchId, row: number, shard: number) {
  return { pk: itemsPartition(batch, shard), skPrefix: `${ITEM_PREFIX}${pad(row, 9)}#` };
}

export const ITEM_PREFIX = 'ITEM#';

/** A shard's items, from a row on. */
export function itemsFrom(batch: BatchId, shard: number, row: number): TableQuery {
  const pk = itemsPartition(batch, shard);
  if (row === 0) return { pk, skPrefix: ITEM_PREFIX };
  // `$` sorts right after the prefix's `#`.
  return { pk, skBetween: [`${ITEM_PREFIX}${pad(row, 9)}`, 'ITEM$'] };
}

export function itemsPartition(batch: BatchId, shard: number): string {
  return `BATCH#${batch}#${shard}`;
}

/** A newly ingested item's row. */
export function newItemRow(
  { id: batch, hadImages }: Pick<Batch, 'id' | 'hadImages'>,
  spec: ItemSpec,
  content: ContentHash,
  state: Extract<ItemState, { kind: 'queued' | 'reused' }>,
): TableRow {
  const { messages, ...rest } = spec;
  return {
    ...itemKey({ batch, row: spec.row, variant: spec.variant }),
    ...rest,
    ...(messages && { messages: messages.map(({ role, content }) => ({ role, content })) }),
    settings: { ...spec.settings },
    batch,
    content,
    history: historyValue(NO_HISTORY),
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    ...(hadImages && { mayHaveImage: true }),
    ...stateFields(state),
  };
}

export function rowToItem(row: TableRow): Item {
  return { ...parseRow(itemRow, row), state: toState(parseRow(itemState, row)) };
}

/** A state's fields for `set` of an update: removes those of other states, so that a row never says two things. */
export function stateFields(state: ItemState): Record<string, TableValue | undefined> {
  switch (state.kind) {
    case 'queued':
      return { ...NO_STATE, state: 'queued', notBeforeMs: state.notBeforeMs };
    case 'working':
      return {
        ...NO_STATE,
        state: 'working',
        attempt: state.lease.attempt,
        leaseStartedAtMs: state.lease.startedAtMs,
        leaseUntilMs: state.lease.untilMs,
        leaseOthers: state.lease.others,
        hold: state.lease.reserved && { ...state.lease.reserved },
      };
    case 'done':
      return { ...NO_STATE, state: 'done', image: { ...state.image }, attempt: state.attempt };
    case 'reused':
      return { ...NO_STATE, state: 'reused', image: { ...state.image }, madeFor: { ...state.madeFor } };
    case 'failed':
      return { ...NO_STATE, state: 'failed', code: state.code, message: state.message, text: state.text };
    case 'cancelled':
      return { ...NO_STATE, state: 'cancelled' };
  }
}

export function historyValue(history: Item['history']): TableValue {
  const { failures, paused, ...others } = history;
  return {
    ...others,
    failures: { ...failures },
    ...(paused === undefined ? {} : { paused: { ...paused } }),
  };
}

const NO_STATE = {
  notBeforeMs: undefined,
  attempt: undefined,
  leaseStartedAtMs: undefined,
  leaseUntilMs: undefined,
  leaseOthers: undefined,
  hold: undefined,
  image: undefined,
  madeFor: undefined,
  code: undefined,
  message: undefined,
  text: undefined,
} as const;

function toState(fields: z.output<typeof itemState>): ItemState {
  switch (fields.state) {
    case 'queued':
      return { kind: 'queued', notBeforeMs: fields.notBeforeMs };
    case 'working': {
      const { attempt, leaseStartedAtMs: startedAtMs, leaseUntilMs: untilMs, leaseOthers: others } = fields;
      const { hold: reserved } = fields;
      const known = { ...(reserved !== undefined && { reserved }), ...(others !== undefined && { others }) };
      return { kind: 'working', lease: { attempt, startedAtMs, untilMs, ...known } };
    }
    case 'done':
      return { kind: 'done', image: fields.image, attempt: fields.attempt };
    case 'reused':
      return { kind: 'reused', image: fields.image, madeFor: fields.madeFor };
    case 'failed': {
      const { state: _, ...rest } = fields;
      return { kind: 'failed', ...rest };
    }
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
