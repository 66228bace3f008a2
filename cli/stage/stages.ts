import { join } from 'node:path';
import {
  type Config,
  configForStage,
  ENVIRONMENT,
  type Environment,
  LOCAL_STAGE,
} from '../../shared/runtime/config.ts';
import { loadConfig } from '../../shared/runtime/load-config.ts';
import type { GlobalOptions } from '../command.ts';
import { isEmbedded, SIMULATED_STAGE } from '../stage-names.ts';
import type { Output } from '../text/output.ts';

export interface StageOptions extends GlobalOptions {
  readonly simulate?: boolean;
}

/** `--simulate` means the simulated stage, unless another is named. */
export function configOf(options: StageOptions): Config {
  const { stage, home, config: path } = options;
  const { config } = loadConfig({ stage, home, config: path });
  const isForSimulator = options.simulate && config.stage === LOCAL_STAGE;
  return isForSimulator ? configForStage(config, SIMULATED_STAGE) : config;
}

/** For a deployed stage, its deployed configuration. */
export async function stageConfigOf(options: StageOptions): Promise<Config> {
  const config = configOf(options);
  if (isEmbedded(config.stage)) return config;
  const { withStageNames } = await import('../../shared/runtime/find-stage.ts');
  return await withStageNames(config);
}

/** For submitting to a stage whose functions leave its queues alone. */
export function sayIfResting(
  { say }: Pick<Output, 'say'>,
  { stage, isResting }: Pick<Config, 'stage' | 'isResting'>,
): void {
  if (!isResting) return;
  say(
    `Stage ${stage} rests (polling is false): the file waits. Start \`pressrun worker --stage ${stage}\`, or deploy the stage with polling.`,
  );
}

/** Names the models and prices behind a deployed stage's money; nothing for this machine. */
export function printPriceSource(
  out: Output,
  { stage, keySecret }: Config,
  env: Environment = ENVIRONMENT,
): void {
  if (isEmbedded(stage)) return;
  if (keySecret === undefined) {
    out.say(`Nothing was deployed as stage ${stage}: models and prices are those of this machine.`);
    return;
  }
  const unused = OVERRIDES.filter((name) => env[name]);
  const also =
    unused.length === 0
      ? ''
      : ` ${unused.join(', ')} of this machine ${unused.length > 1 ? 'are' : 'is'} not used.`;
  out.say(`Models and prices are those deployed with stage ${stage}.${also}`);
}

/** Variables that change models and prices on one machine. */
const OVERRIDES = [
  'PRESSRUN_MODELS',
  'PRESSRUN_LIMITS',
  'PRESSRUN_PRICES',
  'PRESSRUN_PRICE',
  'PRESSRUN_PROVIDER_URL',
  'PRESSRUN_LINK_HOSTS',
  'PRESSRUN_REFERENCE_HOSTS',
  'PRESSRUN_MAX_ANSWER_MIB',
  'PRESSRUN_UNKNOWN',
] as const;

/** Asked for, or the simulated stage, whose ledger nothing else may write. */
export function isSimulated(config: Config, options: StageOptions): boolean {
  return options.simulate === true || config.stage === SIMULATED_STAGE;
}

export function stageFolder(config: Config): string {
  return join(config.home, config.stage);
}
