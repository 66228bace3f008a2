/**
 * The local stage's table: durable transactions of four writes, and claims, with 16 writers waiting. Prints writes a second,
 * processor time each, how many writes one sync made durable, and what a sync takes on this disk.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCommitter } from '../local/database/committer.ts';
import { openDatabase } from '../local/database/open-database.ts';
import { createWalSync } from '../local/database/wal-sync.ts';
import { sqliteTable } from '../local/table/sqlite-table.ts';
import type { TableWrite } from '../shared/pipeline/ports.ts';

const WRITERS = 16;
const ITEMS = 20_000;
const SECONDS = 4;
const SHARDS = 8;

const folder = mkdtempSync(join(tmpdir(), 'pressrun-bench-'));
const path = join(folder, 'stage.sqlite');
const database = openDatabase(path);
const log = createWalSync(path);
let syncs = 0;
const counted = {
  ...log,
  sync: () => {
    syncs += 1;
    return log.sync();
  },
};
const committer = createCommitter({
  database,
  log: counted,
  reserve: { giveUp: () => false },
  random: Math.random,
});
const table = sqliteTable({ database, committer });

const prompt = 'a red fox in snow, seen from above, '.repeat(6);
const settings = { model: 'gemini-3.1-flash-image-preview', aspectRatio: '16:9' };
for (let from = 0; from < ITEMS; from += 100) {
  await table.write(
    Array.from({ length: 100 }, (_, index): TableWrite => {
      const key = itemKey(from + index);
      return {
        kind: 'put',
        row: { ...key, state: 'queued', prompt, settings, notBeforeMs: 0, creditsMicro: 0 },
      };
    }),
  );
}
await measure('claim', (nth) => [claim(nth % ITEMS)]);
await measure('transaction of 4 writes', (nth) => record(nth % ITEMS, nth));
await log.close();
database.close();
process.stdout.write(`${JSON.stringify({ syncMs: Number(syncMs().toFixed(3)) })}\n`);
rmSync(folder, { recursive: true });

function itemKey(nth: number) {
  return { pk: `BATCH#bench#${nth % SHARDS}`, sk: `ITEM#${String(nth).padStart(9, '0')}#0000001` };
}

function claim(nth: number): TableWrite {
  return {
    kind: 'update',
    key: itemKey(nth),
    set: { attempt: crypto.randomUUID(), leaseStartedAtMs: nth, leaseUntilMs: nth + 90_000 },
    onlyIf: { kind: 'all', of: [{ kind: 'equals', field: 'state', value: 'queued' }] },
  };
}

/** What ends an attempt: item, charge, roll-up and counters. */
function record(item: number, nth: number): TableWrite[] {
  const shard = nth % SHARDS;
  const charge = { pk: `CHARGES#2026-11-28#${shard}`, sk: `2026-11-28T12:00:00.000Z#${crypto.randomUUID()}` };
  const split = { inputTokens: 19, textTokens: 383, imageTokens: 1_120, basis: 'estimated' };
  return [
    { kind: 'update', key: itemKey(item), set: { endedBy: nth }, onlyIf: { kind: 'present' } },
    {
      kind: 'put',
      row: { ...charge, batch: 'bench', outcome: 'image', split, creditsMicro: 68_358_500 },
      onlyIf: { kind: 'absent' },
    },
    {
      kind: 'update',
      key: { pk: 'COST#2026-11', sk: `bench#image#${shard}` },
      add: { images: 1, creditsMicro: 68 },
    },
    {
      kind: 'update',
      key: { pk: 'BATCH#bench', sk: `PROGRESS#${shard}` },
      add: { done: 1, creditsMicro: 68 },
    },
  ];
}

async function measure(what: string, writesOf: (nth: number) => TableWrite[]): Promise<void> {
  const endsAtMs = performance.now() + SECONDS * 1_000;
  const before = process.cpuUsage();
  const syncsBefore = syncs;
  let done = 0;
  const writer = async () => {
    while (performance.now() < endsAtMs) {
      const nth = done;
      done += 1;
      const { kind } = await table.write(writesOf(nth));
      if (kind !== 'written') throw new Error(`${what} ${nth} was refused`);
    }
  };
  const beganAtMs = performance.now();
  await Promise.all(Array.from({ length: WRITERS }, writer));
  const seconds = (performance.now() - beganAtMs) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const reading = {
    what,
    perSecond: Math.round(done / seconds),
    cpuMsEach: Number(((user + system) / 1_000 / done).toFixed(4)),
    writesPerSync: Number((done / (syncs - syncsBefore)).toFixed(1)),
  };
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}

/** Of one page, on the disk of the temporary folder. */
function syncMs(): number {
  const file = openSync(join(folder, 'probe'), 'w');
  const beganAtMs = performance.now();
  for (let nth = 0; nth < 100; nth += 1) {
    writeSync(file, Buffer.alloc(4_096, nth));
    fdatasyncSync(file);
  }
  closeSync(file);
  return (performance.now() - beganAtMs) / 100;
}
