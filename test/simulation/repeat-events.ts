import { parseBatchId } from '../../shared/domain/ids.ts';
import { workMessageOf } from '../../shared/pipeline/batch/messages.ts';
import { uploadMessageOf } from '../../shared/pipeline/messages.ts';
import { isOver } from './is-over.ts';
import type { World } from './world.ts';

/** Long enough for two sweeps. */
const AFTERMATH_MS = 130_000;
const PATIENCE_MS = 48 * 3_600_000;

/** I7: every event may come again, late, after all is over; then no row changes, and no call is made. */
export async function repeatEvents(world: World): Promise<void> {
  const { scheduler, facts, provider, violations, workQueue, ingestQueue } = world;
  const before = snapshot(world);
  const calls = provider.bill.length;
  const batch = parseBatchId(String(facts.batch()?.batch));
  if (batch === undefined) return;
  const messages = [...facts.items.keys()].map((row) => workMessageOf({ batch, row, variant: 1 }));
  await workQueue.send(messages);
  await ingestQueue.send([uploadMessageOf({ key: String(facts.batch()?.objectKey) })]);

  const fromMs = scheduler.now() + AFTERMATH_MS;
  const ended = await scheduler.runUntil(
    () => violations.length > 0 || (scheduler.now() >= fromMs && isOver(world)),
    fromMs + PATIENCE_MS,
  );
  const tell = (message: string) => violations.push({ invariant: 'I7', message });
  if (!ended) tell('repeated events are not worked off after two days');
  if (provider.bill.length > calls) tell('repeated events made calls');
  const after = snapshot(world);
  for (const [key, row] of after) if (before.get(key) !== row) tell(`repeated events changed ${key}`);
  for (const key of before.keys()) if (!after.has(key)) tell(`repeated events removed ${key}`);
}

function snapshot({ table }: World): Map<string, string> {
  // A pause is ended, and a limit raised, which is kept in its history, by the operator, who may come at any time.
  const rows = [...table.rows()].filter(({ pk, sk }) => sk !== 'PAUSE' && pk !== 'BUDGET-CHANGES');
  return new Map(
    rows.map((row) => [`${row.pk} / ${row.sk}`, JSON.stringify({ ...row, limitMicro: undefined })]),
  );
}
