import { formatCredits } from '../../shared/domain/money/money.ts';
import type { BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import type { ProviderOverrides } from '../../shared/runtime/configured-provider.ts';
import { type SimulatorFlags, simulatorOptionsOf } from '../flags/simulator-flags.ts';

export interface RunSimulator {
  readonly effectOptions: Required<Pick<ProviderOverrides, 'apiKey' | 'providerUrl'>>;
  /** Its bill, and what the ledger recorded. */
  summary(before: BatchStatus | undefined, after: BatchStatus): string;
  close(): Promise<void>;
}

/** Starts the simulator on a free port. Loads its drawing library only here. */
export async function startRunSimulator(flags: SimulatorFlags): Promise<RunSimulator> {
  const options = simulatorOptionsOf(flags);
  const { startSimulator } = await import('../../local/simulator/server.ts');
  const simulator = await startSimulator(options);
  return {
    effectOptions: { providerUrl: simulator.url, apiKey: async () => 'cdt_simulated' },
    summary: (before, after) => {
      const { calls, creditsMicro } = simulator.totals();
      const bill = `${calls} ${calls === 1 ? 'call' : 'calls'}, ${formatCredits(creditsMicro)} credits`;
      return `Simulated: no charge. ${ledgerText(creditsMicro, before, after)} (${bill}).`;
    },
    close: simulator.close,
  };
}

/** A run's ledger and bill differ by interrupted calls and by missing usage. */
function ledgerText(billedMicro: number, before: BatchStatus | undefined, after: BatchStatus): string {
  const bookedMicro = after.creditsMicro - (before?.creditsMicro ?? 0);
  if (bookedMicro === billedMicro) return "The ledger matches the simulator's bill";
  const unknownMicro = after.creditsMaxUnknownMicro - (before?.creditsMaxUnknownMicro ?? 0);
  const booked = `The ledger has ${formatCredits(bookedMicro)} credits`;
  if (unknownMicro > 0) {
    return `${booked}, and up to ${formatCredits(unknownMicro)} unconfirmed, of the simulator's bill`;
  }
  return `${booked} for this batch; other batches, or the next run, have the rest of the simulator's bill`;
}
