import { freshSqliteStage } from '../support/sqlite.ts';
import { queueSuite } from './queue.suite.ts';
import { tableSuite } from './table.suite.ts';

tableSuite('SQLite', async () => (await freshSqliteStage()).table);

queueSuite('SQLite', async () => (await freshSqliteStage()).ingestQueue);
