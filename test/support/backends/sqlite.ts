import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openEmbeddedStage } from '../../../local/stage/embedded-stage.ts';
import type { Clock } from '../../../shared/pipeline/ports.ts';
import { memoryQueue } from '../../simulation/memory/memory-queue.ts';
import type { Backend } from './backend.ts';

/** What a user's machine runs on. */
export async function sqliteBackend(clock: Clock): Promise<Backend> {
  const folder = await mkdtemp(join(tmpdir(), 'pressrun-stage-'));
  const { table, workQueue, ingestQueue, close } = await openEmbeddedStage(folder, clock);
  const database = new DatabaseSync(join(folder, 'stage.sqlite'), { readOnly: true });
  const count = (condition: string, ...values: string[]) =>
    Number(database.prepare(`SELECT count(*) AS n FROM messages WHERE ${condition}`).get(...values)?.n);
  return {
    ports: { table, workQueue, ingestQueue },
    countMessages: async (queue) => count('queue = ?', queue),
    deadLetters: async () => count('receives > 10'),
    allRows: async () =>
      database
        .prepare('SELECT pk, sk, fields FROM rows')
        .all()
        .map((row) => JSON.stringify(row)),
    close: async () => {
      database.close();
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The same table, with queues that end with the process. */
export async function memoryQueueBackend(clock: Clock): Promise<Backend> {
  const sqlite = await sqliteBackend(clock);
  const queue = () => memoryQueue({ clock, random: () => 0, visibilityMs: 120_000, maxReceives: 10 });
  const queues = { work: queue(), ingest: queue() };
  return {
    ...sqlite,
    ports: { table: sqlite.ports.table, workQueue: queues.work, ingestQueue: queues.ingest },
    countMessages: async (name) => queues[name].size(),
    deadLetters: async () => queues.work.deadLetters().length + queues.ingest.deadLetters().length,
  };
}
