import type { Charge } from '../../shared/domain/money/charge.ts';
import type { TableRow } from '../../shared/pipeline/ports.ts';
import { rowToCharge } from '../../shared/pipeline/rows/charge-row.ts';
import { rowToItem } from '../../shared/pipeline/rows/item-row.ts';
import type { MemoryStore } from './memory/memory-store.ts';
import type { RowChange } from './memory/memory-table.ts';
import type { Process } from './process.ts';
import type { Call } from './provider.ts';

/** One taking of an item for an attempt, as the table shows it. */
export interface Claim {
  readonly attempt: string;
  readonly by: Process | undefined;
  readonly step: number;
  /** Its call was made, or its own process ended it: no further call can come of it. */
  isSpent: boolean;
}

/** All that is known of one item from outside of the pipeline. */
export interface ItemFacts {
  readonly row: number;
  /** As it stands in the table. */
  stored: TableRow;
  readonly claims: Claim[];
  /** By attempt. */
  readonly charges: Map<string, Charge>;
  readonly calls: Call[];
  /** How many calls each process has sent off. */
  readonly sent: Map<Process, number>;
  /** Calls that nobody works on any more: their process is done, or dead. */
  readonly endedCalls: Set<Call>;
  /** The first image of any attempt that was in the store. */
  firstImage: { readonly key: string; readonly step: number; readonly atMs: number } | undefined;
}

/** A charge as its row says it. */
export const chargeOf = readOnce(rowToCharge);
/** An item as its row says it. */
export const itemOf = readOnce(rowToItem);

/** Read once for all who ask, since rows in memory never change. */
function readOnce<Value>(read: (row: TableRow) => Value): (row: TableRow) => Value {
  const known = new WeakMap<TableRow, Value>();
  return (row) => {
    const before = known.get(row);
    if (before !== undefined) return before;
    const value = read(row);
    known.set(row, value);
    return value;
  };
}

/** What the watches go by: the world seen from table, store and provider, kept up as it changes. */
export interface Facts {
  readonly items: ReadonlyMap<number, ItemFacts>;
  batch(): TableRow | undefined;
  itemOfPrompt(prompt: string): ItemFacts | undefined;
  itemOfImage(key: string): ItemFacts | undefined;
  chargeCount(): number;
  /** Until the batch is taken in, and each of its items has ended. */
  whenEnded(): Promise<void>;
  readonly store: MemoryStore;
  seeRows(changes: readonly RowChange[], by: Process | undefined, step: number): void;
  seeObject(key: string, step: number): void;
  /** A process sends off a call: gives the claim that it is of, which then has its call. */
  sendCall(process: Process, prompt: string): Claim | undefined;
  seeCall(call: Call): ItemFacts | undefined;
  /** The process is done with its calls, or dead. */
  seeIdle(process: Process): readonly ItemFacts[];
}

export function createFacts(store: MemoryStore, now: () => number): Facts {
  const items = new Map<number, ItemFacts>();
  const byPrompt = new Map<string, ItemFacts>();
  const byFileName = new Map<string, ItemFacts>();
  let batch: TableRow | undefined;
  let awaitsEnd: (() => void)[] = [];

  function seeRow({ key, before, after }: RowChange, by: Process | undefined, step: number): void {
    if (key.sk === 'BATCH') batch = after;
    if (key.sk.startsWith('ITEM#') && after !== undefined) seeItem(before, after, by, step);
    if (key.pk.startsWith('CHARGES#') && after !== undefined) {
      const charge = chargeOf(after);
      items.get(charge.row)?.charges.set(charge.attempt, charge);
    }
  }

  function seeItem(before: TableRow | undefined, after: TableRow, by: Process | undefined, step: number) {
    const row = Number(after.row);
    const item = items.get(row) ?? newItem(row, after);
    item.stored = after;
    const wasWorking = before?.state === 'working';
    const resumedBy = wasWorking && after.state === 'working' && before.attempt === after.attempt;
    if (wasWorking && !resumedBy) spend(item, before, by, now());
    if (after.state !== 'working' || resumedBy) return;
    item.claims.push({ attempt: String(after.attempt), by, step, isSpent: false });
  }

  function newItem(row: number, stored: TableRow): ItemFacts {
    const item: ItemFacts = {
      row,
      stored,
      claims: [],
      charges: new Map(),
      calls: [],
      sent: new Map(),
      endedCalls: new Set(),
      firstImage: undefined,
    };
    items.set(row, item);
    byPrompt.set(String(stored.prompt), item);
    byFileName.set(String(stored.fileName), item);
    return item;
  }

  function itemOfImage(key: string): ItemFacts | undefined {
    const match = /^images\/[^/]+\/([^/]+)\.(png|jpg|webp)$/.exec(key);
    return match === null ? undefined : byFileName.get(match[1] ?? '');
  }

  function hasEnded(): boolean {
    if (batch === undefined || batch.state === 'ingesting') return false;
    for (const { stored } of items.values()) {
      if (stored.state === 'queued' || stored.state === 'working') return false;
    }
    return true;
  }

  return {
    items,
    store,
    chargeCount: () => [...items.values()].reduce((sum, { charges }) => sum + charges.size, 0),
    batch: () => batch,
    whenEnded: () => new Promise((resolve) => (hasEnded() ? resolve() : awaitsEnd.push(resolve))),
    itemOfPrompt: (prompt) => byPrompt.get(prompt),
    itemOfImage,
    seeRows: (changes, by, step) => {
      for (const change of changes) seeRow(change, by, step);
      if (awaitsEnd.length === 0 || !hasEnded()) return;
      for (const tell of awaitsEnd) tell();
      awaitsEnd = [];
    },
    seeObject: (key, step) => {
      const item = itemOfImage(key);
      if (item !== undefined) item.firstImage ??= { key, step, atMs: now() };
    },
    sendCall: (process, prompt) => {
      const item = byPrompt.get(prompt);
      const own = item?.claims.filter(({ by }) => by === process) ?? [];
      const sent = (item?.sent.get(process) ?? 0) + 1;
      item?.sent.set(process, sent);
      // Which of several it is cannot always be told: then the first of them, which is to allow the most.
      const claim = own.find(({ isSpent }) => !isSpent) ?? (sent <= own.length ? own[0] : undefined);
      if (claim !== undefined) claim.isSpent = true;
      return claim;
    },
    seeCall: (call) => {
      const item = byPrompt.get(call.prompt);
      item?.calls.push(call);
      return item;
    },
    seeIdle: (process) => {
      const concerned = [...items.values()].filter(({ calls }) =>
        calls.some((call) => call.process === process),
      );
      for (const { calls, endedCalls } of concerned) {
        for (const call of calls) if (call.process === process) endedCalls.add(call);
      }
      return concerned;
    },
  };
}

/**
 * Only who made a claim can know that no call of it is to come; and only while its lease runs is it he who ends it: later,
 * his own process may have given the attempt up as another's, while it still continues.
 */
function spend(item: ItemFacts, before: TableRow, by: Process | undefined, nowMs: number): void {
  const claim = item.claims.find(({ attempt }) => attempt === before.attempt);
  if (claim !== undefined && claim.by === by && Number(before.leaseUntilMs) > nowMs) claim.isSpent = true;
}
