import type { Table } from '../ports.ts';
import { newestBatches } from './batches.ts';

/** There in a stage whose workers call the simulator: its ledger is play money. */
const SIMULATED = { pk: 'STAGE', sk: 'SIMULATED' } as const;

export async function isSimulatedStage(table: Pick<Table, 'get'>): Promise<boolean> {
  return (await table.get(SIMULATED)) !== undefined;
}

/** Makes a stage without a batch a simulated one; `false` if it has batches already, whose ledger would be mixed. */
export async function makeSimulated(table: Pick<Table, 'get' | 'query' | 'write'>): Promise<boolean> {
  if (await isSimulatedStage(table)) return true;
  for await (const _ of newestBatches(table, 1)) return false;
  await table.write([{ kind: 'put', row: { ...SIMULATED } }]);
  return true;
}
