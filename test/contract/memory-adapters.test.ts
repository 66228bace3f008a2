import { memoryQueue } from '../simulation/memory/memory-queue.ts';
import { memoryStore } from '../simulation/memory/memory-store.ts';
import { memoryTable } from '../simulation/memory/memory-table.ts';
import { objectStoreSuite } from './object-store.suite.ts';
import { queueSuite } from './queue.suite.ts';
import { tableSuite } from './table.suite.ts';

tableSuite('memory', async () => memoryTable());

objectStoreSuite('memory', async () => memoryStore(Date));

queueSuite('memory', async () => {
  const queue = memoryQueue({
    clock: Date,
    random: () => 0,
    visibilityMs: 600_000,
    maxReceives: 10,
  });
  return {
    queue,
    receive: async () => queue.receive(10),
    remove: async (receipt) => queue.remove([receipt]),
  };
});
