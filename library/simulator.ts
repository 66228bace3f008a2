/** The provider's simulator for your own tests: `import { startSimulator } from 'pressrun/simulator'`. */
export type { BillEntry, BillTotals } from '../local/simulator/bill.ts';
export type { SimulatorOptions } from '../local/simulator/options.ts';
export { type Simulator, startSimulator } from '../local/simulator/server.ts';
