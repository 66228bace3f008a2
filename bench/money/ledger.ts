/** A stage's folder with the ledger of 13 months: charges, roll-ups, batches, corrections, and rows that were reused. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedStage, openEmbeddedStage } from '../../local/stage/embedded-stage.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { parseContentHash } from '../../shared/domain/item/content.ts';
import type { ItemImage } from '../../shared/domain/item/item.ts';
import { type Charge, unknownMaxMicro } from '../../shared/domain/money/charge.ts';
import { recordLateCharge } from '../../shared/pipeline/money/ledger.ts';
import type { Table, TableRow, TableWrite } from '../../shared/pipeline/ports.ts';
import { settle } from '../../shared/pipeline/reconcile/settle.ts';
import { batchListKey } from '../../shared/pipeline/rows/batch-row.ts';
import { chargeToRow } from '../../shared/pipeline/rows/charge-row.ts';
import { addToCost } from '../../shared/pipeline/rows/cost-row.ts';
import { newItemRow } from '../../shared/pipeline/rows/item-row.ts';
import { answeredLate, chargedBatches, PRICES } from './charges.ts';

/** Of one transaction. */
const ROWS_AT_ONCE = 100;
const TRANSACTIONS_AT_ONCE = 16;
/** Rows of each batch whose image was there already: they are in no charge. */
const REUSED_ROWS = 3;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Opens the stage of a home, and writes about so many charges if there is none yet. `prices` is a file of theirs. */
export async function openLedger(
  home: string,
  charges: number,
): Promise<EmbeddedStage & { readonly prices: string; readonly written?: object }> {
  const folder = join(home, 'local');
  const isThere = existsSync(join(folder, 'stage.sqlite'));
  const stage = await openEmbeddedStage(folder, systemClock());
  const prices = join(home, 'prices.json');
  if (isThere) return { ...stage, prices };
  writeFileSync(prices, JSON.stringify(PRICES));
  return { ...stage, prices, written: await writeLedger(stage.table, charges) };
}

async function writeLedger(table: Table, charges: number) {
  const startedMs = performance.now();
  const rollUps = new Map<string, TableRow>();
  const unknown: Charge[] = [];
  let written = 0;
  const note = (charge: Charge) => {
    written += 1;
    addRollUp(rollUps, charge);
    if (charge.outcome === 'unknown') unknown.push(charge);
  };
  await writeAll(table, rowsOf(charges, note));
  await writeAll(table, rollUps.values());
  const corrected = await correctSome(table, unknown);
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  return { charges: written, rollUps: rollUps.size, unknown: unknown.length, ...corrected, seconds };
}

function* rowsOf(charges: number, note: (charge: Charge) => void): Generator<TableRow> {
  for (const { batch, createdAt, charges: ofBatch } of chargedBatches(charges)) {
    yield { ...batchListKey({ id: batch, createdAt }), batch };
    let rows = 0;
    for (const charge of ofBatch) {
      rows += 1;
      note(charge);
      yield chargeToRow(charge);
    }
    for (let row = rows + 1; row <= rows + REUSED_ROWS; row++) yield reusedRow(batch, row);
  }
}

function reusedRow(batch: Charge['batch'], row: number): TableRow {
  const spec = {
    ...{
      row,
      variant: 1,
      fileName: `row-${row}`,
      prompt: 'a red fox',
      references: [],
      tags: {},
      columns: {},
    },
    settings: { model: 'gemini-3.1-flash-image-preview', maxTokens: 8_192 },
  };
  const image: ItemImage = {
    ...{ key: `images/${batch}/1.png`, sha256: '0'.repeat(64), bytes: 1_000, width: 1_024, height: 1_024 },
    ...{ type: 'image/png', extras: [] },
  };
  const content = parseContentHash('0'.repeat(64));
  if (content === undefined) throw new Error('not a content hash');
  return newItemRow({ id: batch }, spec, content, {
    kind: 'reused',
    image,
    madeFor: { batch, row: 1, variant: 1 },
  });
}

/** A third of the calls without a response are answered late, a third are settled by a statement, at half of their most. */
async function correctSome(table: Table, unknown: readonly Charge[]) {
  const effects = { table, clock: systemClock(), log: QUIET };
  const late = unknown.filter((_, nth) => nth % 3 === 0);
  for (const charge of late) await recordLateCharge(effects, answeredLate(charge));
  const proven = unknown
    .filter((_, nth) => nth % 3 === 1)
    .map((charge) => ({ charge, creditsMicro: Math.floor(unknownMaxMicro(charge, charge.outcome) / 2) }));
  const { corrected } = await settle(effects, proven, { who: 'bench', why: 'a statement' });
  return { answeredLate: late.length, settled: corrected };
}

function addRollUp(rollUps: Map<string, TableRow>, charge: Charge): void {
  const write = addToCost(charge);
  if (write.kind !== 'update') throw new Error('a roll-up is added to');
  const key = `${write.key.pk} ${write.key.sk}`;
  const before = rollUps.get(key);
  const sums = Object.entries(write.add ?? {}).map(([name, value]) => [
    name,
    Number(before?.[name] ?? 0) + value,
  ]);
  rollUps.set(key, { ...write.key, ...write.set, ...Object.fromEntries(sums) });
}

async function writeAll(table: Pick<Table, 'write'>, rows: Iterator<TableRow>): Promise<void> {
  const writer = async () => {
    for (let writes = nextWrites(rows); writes.length > 0; writes = nextWrites(rows))
      await table.write(writes);
  };
  await Promise.all(Array.from({ length: TRANSACTIONS_AT_ONCE }, writer));
}

function nextWrites(rows: Iterator<TableRow>): TableWrite[] {
  const writes: TableWrite[] = [];
  while (writes.length < ROWS_AT_ONCE) {
    const next = rows.next();
    if (next.done) break;
    writes.push({ kind: 'put', row: next.value });
  }
  return writes;
}
