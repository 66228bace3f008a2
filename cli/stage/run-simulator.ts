import { formatCredits } from '../../shared/domain/money/money.ts';
import type { BatchStatus } from '../../shared/pipeline/finish/batch-status.ts';
import type { ProviderOverrides } from '../../shared/runtime/configured-provider.ts';
import { type SimulatorFlags, simulatorOptionsOf } from '../flags/simulator-flags.ts';

/** The built-in simulator, in place of the provider. */
export interface RunSimulator {
  readonly effectOptions: Required<Pick<ProviderOverrides, 'apiKey' | 'providerUrl'>>;
  /** One line: what it billed, and what the ledger recorded for it. */
  summary(before: BatchStatus | undefined, after: BatchStatus): string;
  close(): Promise<void>;
}

/** Starts the simulator on a free port of this machine. It is loaded only here, since drawing pictures takes a library. */
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

/** Ledger and bill of one run differ by what was cut off in it, or in one before, and by what the answers did not tell. */
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
