import { join } from 'node:path';
import { type Config, LOCAL_STAGE, readConfig } from '../../shared/runtime/config.ts';
import type { GlobalOptions } from '../command.ts';

/** The local stage of simulated runs: a ledger of its own, so that play money is never mixed with real. */
export const SIMULATED_STAGE = 'simulated';

export interface StageOptions extends GlobalOptions {
  readonly simulate?: boolean;
}

/** Whether a stage lives on this machine, with its own table, queues and folder. */
export function isEmbedded(stage: string): boolean {
  return stage === LOCAL_STAGE || stage === SIMULATED_STAGE;
}

/** The configuration for a command line: `--simulate` means the simulated stage, where no other stage is named. */
export function configOf(options: StageOptions): Config {
  const config = readConfig({ stage: options.stage, home: options.home });
  if (!options.simulate || config.stage !== LOCAL_STAGE) return config;
  return readConfig({ stage: SIMULATED_STAGE, home: options.home });
}

/** Whether the provider is the simulator: asked for, or because nothing else may write to the simulated ledger. */
export function isSimulated(config: Config, options: StageOptions): boolean {
  return options.simulate === true || config.stage === SIMULATED_STAGE;
}

/** The folder of an embedded stage. */
export function stageFolder(config: Config): string {
  return join(config.home, config.stage);
}
