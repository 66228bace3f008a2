import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, LOCAL_STAGE } from '../../shared/runtime/config.ts';
import type { Output } from '../text/output.ts';
import { configOf, type StageOptions, stageConfigOf, stageFolder } from './stages.ts';

/** The configuration of a read-only command: the simulated stage, and a note, if nothing was run for real on this machine. */
export async function readOnlyConfig(out: Output, options: StageOptions): Promise<Config> {
  const config = await stageConfigOf(options);
  if (config.stage !== LOCAL_STAGE || wasUsed(config)) return config;
  const simulated = configOf({ ...options, simulate: true });
  if (!wasUsed(simulated)) return config;
  out.say('Showing simulated runs; nothing has been run for real yet.');
  return simulated;
}

/** Reading alone creates a stage; only one with files was used. */
function wasUsed(config: Config): boolean {
  const objects = join(stageFolder(config), 'objects');
  return ['uploads', 'schedules'].some((name) => existsSync(join(objects, name)));
}
