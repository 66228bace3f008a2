import {
  type ConfigurationDifference,
  deployedPart,
  differencesOf,
} from '../../../shared/domain/configuration/deployed-part.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { loadConfig } from '../../../shared/runtime/load-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { isEmbedded } from '../../stage-names.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Finding } from './finding.ts';

/** Differences between the local and the deployed configuration, a finding each. */
export async function configurationFindings(config: Config, options: StageOptions): Promise<Finding[]> {
  const { stage } = config;
  if (isEmbedded(stage)) return [];
  const { deployedConfiguration, findStage } = await import('../../../shared/runtime/find-stage.ts');
  try {
    const record = await findStage(config);
    if (record === undefined)
      return [told(true, `nothing was deployed as stage ${stage}: this machine's holds`)];
    const there = deployedConfiguration(stage, record).file;
    const { found } = loadConfig({ stage, home: options.home, config: options.config });
    if (found === undefined) {
      const sections = Object.keys(there).join(', ') || 'nothing';
      return [
        told(
          true,
          `no configuration file here to compare with; stage ${stage} was deployed with ${sections}`,
        ),
      ];
    }
    const differences = differencesOf(deployedPart(found.configuration.file, stage), there);
    if (differences.length === 0)
      return [told(true, `${found.path} is what stage ${stage} was deployed with`)];
    return [
      ...differences.map((difference) => told(false, differenceText(difference))),
      told(false, `to deploy ${found.path}: pressrun deploy --stage ${stage}`),
    ];
  } catch (error) {
    return [told(false, oneLine(error))];
  }
}

function differenceText({ name, here = 'not set', there = 'not set' }: ConfigurationDifference): string {
  return `${name}: here ${here}, deployed ${there}`;
}

function told(ok: boolean, detail: string): Finding {
  return { check: 'config', ok, detail };
}
