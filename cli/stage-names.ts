import { LOCAL_STAGE } from '../shared/runtime/config.ts';

/** The local stage of simulated runs, with its own ledger. */
export const SIMULATED_STAGE = 'simulated';

/** Whether a stage is on this machine, with its own table, queues and folder. */
export function isEmbedded(stage: string): boolean {
  return stage === LOCAL_STAGE || stage === SIMULATED_STAGE;
}
