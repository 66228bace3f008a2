import type { Config } from '../../shared/runtime/config.ts';
import { type OpenStage, type OpenStageOptions, openStage, type StageUse } from './open-stage.ts';

/** Opens the configured stage for `act`, and closes it in any case. */
export async function withStage<Result>(
  config: Config,
  use: StageUse,
  options: OpenStageOptions,
  act: (stage: OpenStage) => Promise<Result>,
): Promise<Result> {
  const stage = await openStage(config, use, options);
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}
