import type { Random } from '../../local/simulator/random.ts';
import type { OperationName } from './operation.ts';

/** What can go wrong with one input or output of the pipeline. */
export const FAULT_KINDS = [
  /** It fails, and nothing happened. */
  'fail-before',
  /** It happened, and is reported as failed. */
  'fail-after',
  /** It happened, no answer comes, and after the client's timeout it is reported as failed. */
  'lost-reply',
  /** It is long on its way, and happens then. */
  'delayed',
  /** It happens at once, and its answer is long on its way. */
  'late-reply',
  /** Some of it happens, and it is reported as failed: a few messages of several. */
  'in-part',
  /** What it is about takes no more for a while: a partition of the table, a queue, the store. */
  'throttled',
  /** It happens twice: a client that sends again, an event that comes again. */
  'repeated',
  /** The process dies before it. */
  'die-before',
  /** The process dies after it, before the answer. */
  'die-after',
  /** The process stands still before it; then all continues where it was. */
  'freeze',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault at one step of a run, or at the first step after it that it can befall. */
export interface Fault {
  readonly step: number;
  readonly kind: FaultKind;
  /** Befalls only what has this name. */
  readonly at?: OperationName;
  /** Befalls only processes whose names begin so. */
  readonly of?: string;
  /** A freeze that ends as soon as another process of these is about to do the same: then either may be first. */
  readonly meets?: boolean;
  /** How long what is delayed, lost or frozen takes. */
  readonly ms: number;
}

/** What a caller sees of a fault. */
export class SimulatedFault extends Error {
  override name = 'SimulatedFault';
}

/**
 * Delays around the times that matter: a heartbeat (30 s), a lease (90 s), a message's visibility (120 s), and longer than a
 * function may run (8 minutes).
 */
export const DELAYS_MS = [1_500, 40_000, 95_000, 130_000, 250_000, 500_000] as const;

/** Where money is spent, an image is kept, and both are written down: a few steps of many, and most of what can go wrong. */
export const DECISIVE: readonly OperationName[] = ['provider.call', 'store.put', 'table.write'];

/** A fault of a random kind: this often at what is decisive. */
export function randomFault(random: Random, step: number, decisive = 0.5): Fault {
  const fault = { step, kind: random.pick(FAULT_KINDS), ms: random.pick(DELAYS_MS) };
  return random.chance(1 - decisive) ? fault : { ...fault, at: random.pick(DECISIVE) };
}

/** Faults of a random walk: so many, anywhere in the first so many steps. */
export function randomFaults(random: Random, count: number, steps: number): Fault[] {
  const faults = Array.from({ length: count }, () => randomFault(random, random.between(0, steps)));
  return faults.sort((a, b) => a.step - b.step);
}
