import type { Claim, Facts, ItemFacts } from './facts.ts';
import type { MemoryQueue } from './memory/memory-queue.ts';
import type { MemoryTable, RowChange } from './memory/memory-table.ts';
import type { Process } from './process.ts';
import type { Call } from './provider.ts';
import type { Scenario } from './scenario.ts';

/** What must hold, by the design's numbers; `end` is that a run comes to its end. I7 is looked at in `repeat-events.ts`. */
export type InvariantName = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'end';

export interface Violation {
  readonly invariant: InvariantName;
  readonly message: string;
}

/** Sees each change of the world right after it happened, and tells what must not be. */
export interface Watch {
  onRows?(changes: readonly RowChange[]): void;
  onObject?(key: string): void;
  /** A call is made; the item's facts have it already. */
  onCall?(call: Call, item: ItemFacts, claim: Claim | undefined): void;
  /** This process works on its calls of this item no more. */
  onIdle?(item: ItemFacts, process: Process): void;
  onWorkSent?(bodies: readonly string[]): void;
  /** A deployed stage's sweep has ended: whole, or with an error. */
  onSwept?(process: Process, isWhole: boolean): void;
  /** All is over. */
  atEnd?(): Promise<void> | void;
}

export interface Watched {
  readonly scenario: Scenario;
  readonly facts: Facts;
  readonly table: MemoryTable;
  readonly workQueue: MemoryQueue;
  readonly ingestQueue: MemoryQueue;
  readonly bill: () => readonly Call[];
  readonly now: () => number;
  /** Whose doing it is that a watch is told of. */
  readonly actor: () => Process | undefined;
  /** When the last fault befell a process; never: −∞. */
  readonly lastFaultMs: (process: Process) => number;
  /** How many faults befell processes while they had this message in hand. */
  readonly faultsOf: (messageId: string) => number;
  /** Places that were throttled at some time. */
  readonly throttledPlaces: () => ReadonlySet<string>;
}

export type Tell = (invariant: InvariantName, message: string) => void;
