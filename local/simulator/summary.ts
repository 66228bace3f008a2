import { formatCredits } from '../../shared/domain/money/money.ts';
import type { Simulator } from './server.ts';

/** What a banner says of a running simulator: where it is, and how to look at its bill. */
export function simulatorBanner(simulator: Simulator): string {
  return [
    `simulated provider: ${simulator.url} (nothing is real, nothing is paid)`,
    `its bill:           ${simulator.origin}/bill`,
  ].join('\n');
}

/** One line on what was served so far. */
export function simulatorSummary(simulator: Simulator): string {
  const { calls, billedCalls, creditsMicro } = simulator.totals();
  return `${calls} simulated calls, ${billedCalls} billed, ${formatCredits(creditsMicro)} simulated credits`;
}
