import { formatCredits } from '../shared/domain/money.ts';
import type { EffectOptions } from '../shared/runtime/effects.ts';
import { type SimulatorFlags, simulatorOptionsOf } from './simulator-flags.ts';

/** The built-in simulator, in place of the provider. */
export interface SimulatedProvider {
  readonly effectOptions: Pick<EffectOptions, 'providerUrl' | 'apiKey'>;
  /** One line: what it billed, and whether the ledger booked the same. */
  summary(bookedMicro: number): string;
  close(): Promise<void>;
}

/** Starts the simulator on a free port of this machine. It is loaded only here, since drawing pictures takes a library. */
export async function startSimulatedProvider(flags: SimulatorFlags): Promise<SimulatedProvider> {
  const options = simulatorOptionsOf(flags);
  const { startSimulator } = await import('../local/simulator/server.ts');
  const simulator = await startSimulator(options);
  return {
    effectOptions: { providerUrl: simulator.url, apiKey: async () => 'cdt_simulated' },
    summary: (bookedMicro) => {
      const { calls, creditsMicro } = simulator.totals();
      const same = bookedMicro === creditsMicro;
      const ledger = same ? 'the ledger says the same' : `the ledger says ${formatCredits(bookedMicro)}`;
      const count = `${calls} ${calls === 1 ? 'call' : 'calls'}`;
      return `simulated: nothing was paid. Bill of this run: ${count}, ${formatCredits(creditsMicro)} credits; ${ledger}.`;
    },
    close: simulator.close,
  };
}
