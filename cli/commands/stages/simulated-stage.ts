import { isSimulatedStage, makeSimulated } from '../../../shared/pipeline/batch/simulated-stage.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { OpenStage } from '../../stage/open-stage.ts';
import { isEmbedded } from '../../stage-names.ts';
import { UsageError } from '../../usage-error.ts';

interface Asked {
  readonly simulate: boolean;
  /** With `--create`: an empty stage becomes a simulated one. */
  readonly creates: boolean;
}

/** A stage elsewhere is simulated forever, or never, so that ledgers don't mix. Throws `UsageError`. */
export async function refuseMixedLedgers(
  { runtime }: Pick<OpenStage, 'runtime'>,
  { stage }: Pick<Config, 'stage'>,
  { simulate, creates }: Asked,
): Promise<void> {
  if (isEmbedded(stage)) return;
  const { table } = runtime.effects;
  if (!simulate) {
    if (!(await isSimulatedStage(table))) return;
    throw new UsageError(`stage ${stage} is simulated: add --simulate, or use another stage`);
  }
  const isSimulated = creates ? await makeSimulated(table) : await isSimulatedStage(table);
  if (isSimulated) return;
  throw new UsageError(
    `stage ${stage} is not simulated: --simulate would write play money into its ledger. Leave --simulate out, or make a new stage with --create --simulate`,
  );
}
