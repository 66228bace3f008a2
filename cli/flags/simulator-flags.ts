import { type Command, Option } from 'commander';
import type { SimulatorOptions } from '../../local/simulator/options.ts';
import { UsageError } from '../usage-error.ts';
import { GROUP } from './help.ts';

export interface SimulatorFlags {
  readonly simProfile?: 'fine' | 'mixed';
  readonly simLatency?: string;
  readonly simSeed?: string;
  readonly simRpm?: string;
}

export const SIMULATE = ['--simulate', 'Use the simulator and its own ledger: no key, no cost'] as const;

export function addSimulatorFlags(command: Command): Command {
  return command
    .optionsGroup(GROUP.simulator)
    .option(...SIMULATE)
    .addOption(
      new Option('--sim-profile <fine|mixed>', 'All fine, or mixed with every failure')
        .choices(['fine', 'mixed'])
        .default('fine'),
    )
    .option('--sim-latency <ms>', 'Median latency of a simulated call', '300')
    .option('--sim-seed <seed>', 'Seed for simulated responses', 'pressrun')
    .option('--sim-rpm <n>', 'Hidden limit of calls a minute [none]');
}

/** Throws `UsageError` on a flag that is no number. */
export function simulatorOptionsOf(flags: SimulatorFlags): SimulatorOptions {
  const medianMs = numberOf('--sim-latency', flags.simLatency ?? '300');
  return {
    profile: flags.simProfile ?? 'fine',
    latency: { medianMs, p95Ms: medianMs * 2 },
    seed: flags.simSeed ?? 'pressrun',
    ...(flags.simRpm === undefined ? {} : { requestsPerMinute: numberOf('--sim-rpm', flags.simRpm) }),
  };
}

export function numberOf(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`${flag} is "${text}"; it must be a number of zero or more`);
  }
  return value;
}
