import { systemClock } from '../../shared/aws/system-clock.ts';
import { memoryQueue } from '../simulation/memory/memory-queue.ts';
import { memoryStore } from '../simulation/memory/memory-store.ts';
import { memoryTable } from '../simulation/memory/memory-table.ts';
import { objectStoreSuite } from './object-store.suite.ts';
import { queueSuite } from './queue.suite.ts';
import { tableSuite } from './table.suite.ts';

tableSuite('memory', async () => memoryTable());

objectStoreSuite('memory', async () => memoryStore(Date));

queueSuite('memory', async () =>
  memoryQueue({ clock: systemClock(), random: () => 0, visibilityMs: 600_000, maxReceives: 10 }),
);
