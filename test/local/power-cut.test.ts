import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Committer, createCommitter } from '../../local/database/committer.ts';
import { openDatabase } from '../../local/database/open-database.ts';
import { createWalSync, type LogSync } from '../../local/database/wal-sync.ts';
import { type Random, randomFrom } from '../../local/simulator/random.ts';
import { sqliteTable } from '../../local/table/sqlite-table.ts';
import { freshFolder } from '../support/sqlite.ts';

const WRITERS = 8;
const SECTOR = 512;

describe('a power cut', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'loses no write that was resolved, and leaves a sound file (seed %i)',
    async (seed) => {
      const disk = await openDisk(createWalSync);

      const { resolved, there } = await cutWhileWriting(disk, randomFrom('power cut', seed));

      expect(resolved.length).toBeGreaterThan(0);
      expect(resolved.filter((sk) => !there.has(sk))).toEqual([]);
    },
  );

  test('would lose writes if they were resolved without a sync', async () => {
    const noSync = { sync: async () => undefined, close: async () => undefined };
    const disk = await openDisk(() => noSync, { reaches: false });

    const { resolved, there } = await cutWhileWriting(disk, randomFrom('power cut', 1));

    expect(resolved.filter((sk) => !there.has(sk)).length).toBeGreaterThan(0);
  });
});

describe('a disk that fails to sync', () => {
  test('fails the write, and every later one until the stage is opened again', async () => {
    const failing = { sync: () => Promise.reject(new Error('EIO')), close: async () => undefined };
    const { committer } = await openDisk(() => failing);

    await expect(committer.commit(() => 1, 'durable')).rejects.toThrow(
      'the disk did not take what was written: EIO',
    );
    await expect(committer.commit(() => 2, 'lazy')).rejects.toThrow('EIO');
  });
});

interface Disk {
  readonly path: string;
  readonly committer: Committer;
  readonly database: DatabaseSync;
  /** Bytes of the log that came to the disk. */
  syncedBytes(): number;
}

/** A database whose disk is watched: what is in the log when a sync begins is on the disk when that ends. */
async function openDisk(syncOf: (path: string) => LogSync, { reaches = true } = {}): Promise<Disk> {
  const path = join(await freshFolder(), 'stage.sqlite');
  const database = openDatabase(path);
  // So that the log only grows; SQLite itself syncs it before a checkpoint writes to the database file.
  database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA wal_checkpoint(TRUNCATE)');
  const inner = syncOf(path);
  let bytes = 0;
  const log: LogSync = {
    close: inner.close,
    sync: async () => {
      const { size } = statSync(`${path}-wal`);
      await inner.sync();
      if (reaches) bytes = size;
    },
  };
  const committer = createCommitter({ database, log, reserve: { giveUp: () => false }, random: Math.random });
  onTestFinished(async () => {
    await committer.close();
    await log.close();
    database.close();
  });
  return { path, committer, database, syncedBytes: () => bytes };
}

/** Many write at once until the power is cut at some moment; gives the writes that were resolved, and those that are there after. */
async function cutWhileWriting(disk: Disk, random: Random) {
  const table = sqliteTable(disk);
  const resolved: string[] = [];
  let isOn = true;
  const writer = async (name: number) => {
    for (let nth = 0; isOn; nth += 1) {
      const sk = `${name}-${nth}`;
      const count = { kind: 'update', key: { pk: 'COUNT', sk: 'all' }, add: { writes: 1 } } as const;
      await table.write([{ kind: 'put', row: { pk: 'ROW', sk, text: 'x'.repeat(900) } }, count]);
      if (isOn) resolved.push(sk);
    }
  };
  const writers = Array.from({ length: WRITERS }, (_, name) => writer(name));
  const enough = 30 + Math.floor(random.next() * 100);
  while (resolved.length < enough) await new Promise((resolve) => setImmediate(resolve));

  isOn = false;
  const there = afterCut(disk, random);
  await Promise.all(writers);
  return { resolved, there };
}

/** Opens what is on the disk now: all that was synced, and of what was written later some sectors, in any mixture. */
function afterCut({ path, syncedBytes }: Disk, random: Random): ReadonlySet<string> {
  const folder = `${path}-after`;
  mkdirSync(folder);
  const copy = join(folder, 'stage.sqlite');
  copyFileSync(path, copy);
  const written = readFileSync(`${path}-wal`);
  const kept = syncedBytes();
  const log = Buffer.from(written.subarray(0, kept + Math.floor(random.next() * (written.length - kept))));
  for (let at = kept; at < log.length; at += SECTOR)
    if (random.next() < 0.3) log.fill(0, at, Math.min(at + SECTOR, log.length));
  writeFileSync(`${copy}-wal`, log);
  const database = openDatabase(copy);
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const rows = database.prepare("SELECT sk FROM rows WHERE pk = 'ROW'").all();
  const count = database.prepare("SELECT fields FROM rows WHERE pk = 'COUNT'").get();
  database.close();
  // Each write is there whole or not at all.
  expect(count === undefined ? 0 : JSON.parse(String(count.fields)).writes).toBe(rows.length);
  return new Set(rows.map(({ sk }) => String(sk)));
}
