import type { BatchId } from '../../domain/ids.ts';
import { waitOf } from '../../domain/item/retry.ts';
import { itemsOf } from '../batch/batch-items.ts';
import { workMessageOf } from '../batch/messages.ts';
import type { Effects } from '../effects.ts';
import { batchPausesNow } from '../money/batch-pauses.ts';
import type { Condition, OutgoingMessage, Table } from '../ports.ts';
import { readPauses } from '../rate/provider-pauses.ts';
import { PARKED_PREFIX, type Parked, parkedKey, rowToParked } from '../rows/batch-pause-row.ts';

/** Until then, workers that haven't seen a pause's end may still drop messages. */
const SETTLED_MS = 10_000;
const SENT_TOGETHER = 100;

type Returner = Pick<Effects, 'table' | 'clock' | 'models' | 'workQueue'>;

/** Sends parked items' messages again if nothing pauses them; returns how many. Repeated messages are harmless. */
export async function returnParked(effects: Returner, id: BatchId): Promise<number> {
  const parked = await readParked(effects.table, id);
  if (parked.length === 0 || (await batchPausesNow(effects, id)).length > 0) return 0;
  const free = (
    await Promise.all(parked.map(async (each) => ((await isFree(effects, each)) ? [each] : [])))
  ).flat();
  if (free.length === 0) return 0;
  const sent = await sendItems(effects, id, free);
  for (const mark of free) {
    await effects.table.write([{ kind: 'delete', key: parkedKey(id, mark.model), onlyIf: isAsRead(mark) }]);
  }
  return sent;
}

async function readParked(table: Pick<Table, 'query'>, id: BatchId): Promise<Parked[]> {
  const parked: Parked[] = [];
  for await (const row of table.query({ pk: `BATCH#${id}`, skPrefix: PARKED_PREFIX }))
    parked.push(rowToParked(row));
  return parked;
}

async function isFree(effects: Returner, { model, atMs }: Parked): Promise<boolean> {
  if (effects.clock.now() < atMs + SETTLED_MS) return false;
  return (await readPauses(effects, [model])).length === 0;
}

async function sendItems(effects: Returner, id: BatchId, free: readonly Parked[]): Promise<number> {
  const models = new Set(free.map(({ model }) => model));
  const fromRow = Math.min(...free.map((mark) => mark.fromRow ?? 0));
  let sent = 0;
  let messages: OutgoingMessage[] = [];
  const send = async () => {
    await effects.workQueue.send(messages);
    sent += messages.length;
    messages = [];
  };
  for await (const item of itemsOf(effects.table, id, { fromRow })) {
    const { state, settings, row } = item;
    // An item with a wait of its own still has its message.
    const isWaiting = state.kind === 'queued' && waitOf(state, effects.clock.now()) === 0;
    if (isWaiting && models.has(settings.model)) messages.push(workMessageOf(item));
    if (messages.length < SENT_TOGETHER) continue;
    await send();
    await noteRow(effects, id, free, row);
  }
  if (messages.length > 0) await send();
  return sent;
}

/** The next sweep begins with this row, whose further variants may lack messages. */
async function noteRow(
  { table }: Returner,
  id: BatchId,
  marks: readonly Parked[],
  fromRow: number,
): Promise<void> {
  for (const mark of marks) {
    const key = parkedKey(id, mark.model);
    await table.write([{ kind: 'update', key, set: { fromRow }, onlyIf: isAsRead(mark) }]);
  }
}

/** A later message would have set a new mark. */
function isAsRead({ atMs }: Parked): Condition {
  return { kind: 'equals', field: 'atMs', value: atMs };
}
