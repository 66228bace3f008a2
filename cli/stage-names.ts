import { LOCAL_STAGE } from '../shared/runtime/config.ts';

/** The local stage of simulated runs: a ledger of its own, so that play money is never mixed with real. */
export const SIMULATED_STAGE = 'simulated';

/** Whether a stage lives on this machine, with its own table, queues and folder. */
export function isEmbedded(stage: string): boolean {
  return stage === LOCAL_STAGE || stage === SIMULATED_STAGE;
}
