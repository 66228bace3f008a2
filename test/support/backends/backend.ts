import type { Effects } from '../../../shared/pipeline/effects.ts';
import type { Clock } from '../../../shared/pipeline/ports.ts';

/** What a pipeline runs on: table and queues, which a test may look into from behind. Objects are in a folder in each. */
export interface Backend {
  readonly ports: Pick<Effects, 'table' | 'workQueue' | 'ingestQueue'>;
  /** Messages in a queue, seen and unseen. */
  countMessages(queue: 'work' | 'ingest'): Promise<number>;
  /** Messages that were received so often that they are taken for deadly. */
  deadLetters(): Promise<number>;
  /** All rows of the table, as text. */
  allRows(): Promise<string[]>;
  close(): Promise<void>;
}

/** Makes a new, empty one. `timesFaster` is how much faster than the machine's the clock runs. */
export type OpenBackend = (clock: Clock, timesFaster: number) => Promise<Backend>;
