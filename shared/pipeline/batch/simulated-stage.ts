import type { Table } from '../ports.ts';
import { newestBatches } from './batches.ts';

/** Marks a stage whose workers call the simulator. */
const SIMULATED = { pk: 'STAGE', sk: 'SIMULATED' } as const;

export async function isSimulatedStage(table: Pick<Table, 'get'>): Promise<boolean> {
  return (await table.get(SIMULATED)) !== undefined;
}

/** Makes a stage without batches a simulated one; `false` if it has some, because ledgers must not mix. */
export async function makeSimulated(table: Pick<Table, 'get' | 'query' | 'write'>): Promise<boolean> {
  if (await isSimulatedStage(table)) return true;
  for await (const _ of newestBatches(table, 1)) return false;
  await table.write([{ kind: 'put', row: { ...SIMULATED } }]);
  return true;
}
