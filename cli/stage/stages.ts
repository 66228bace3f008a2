import { join } from 'node:path';
import { type Config, configForStage, LOCAL_STAGE } from '../../shared/runtime/config.ts';
import { loadConfig } from '../../shared/runtime/load-config.ts';
import type { GlobalOptions } from '../command.ts';
import { SIMULATED_STAGE } from '../stage-names.ts';

export interface StageOptions extends GlobalOptions {
  readonly simulate?: boolean;
}

/** The configuration for a command line: `--simulate` means the simulated stage, where no other stage is named. */
export function configOf(options: StageOptions): Config {
  const { stage, home, config: path } = options;
  const { config } = loadConfig({ stage, home, config: path });
  const isForSimulator = options.simulate && config.stage === LOCAL_STAGE;
  return isForSimulator ? configForStage(config, SIMULATED_STAGE) : config;
}

/** Whether the provider is the simulator: asked for, or because nothing else may write to the simulated ledger. */
export function isSimulated(config: Config, options: StageOptions): boolean {
  return options.simulate === true || config.stage === SIMULATED_STAGE;
}

/** The folder of an embedded stage. */
export function stageFolder(config: Config): string {
  return join(config.home, config.stage);
}
